namespace MultiExit.Host.Tests.Support;

/// <summary>A theory about Linux; elsewhere it is named as not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : "needs Linux";
}
