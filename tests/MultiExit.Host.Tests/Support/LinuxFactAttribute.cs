namespace MultiExit.Host.Tests.Support;

/// <summary>A fact about Linux; elsewhere it is named as not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "needs Linux";
}
