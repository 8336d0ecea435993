namespace MultiExit.Tests.Support;

/// <summary>A test that hosts PowerShell; without one on PATH it is named as not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PowerShellFactAttribute : FactAttribute
{
    public PowerShellFactAttribute()
    {
        if (PowerShellHome.Folder is null)
            Skip = "there is no PowerShell 7.6 or later on PATH";
    }
}
