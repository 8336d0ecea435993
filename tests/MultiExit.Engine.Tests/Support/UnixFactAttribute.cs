namespace MultiExit.Engine.Tests.Support;

/// <summary>A test that needs files or sockets with a mode.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "this system has no files and sockets that a mode protects";
    }
}
