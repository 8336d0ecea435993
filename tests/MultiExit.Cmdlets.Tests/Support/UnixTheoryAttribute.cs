namespace MultiExit.Cmdlets.Tests.Support;

/// <summary>A test with data that sends signals.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "this system has no signals to send";
    }
}
