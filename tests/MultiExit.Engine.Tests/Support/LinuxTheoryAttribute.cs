namespace MultiExit.Engine.Tests.Support;

/// <summary>A theory about something that only Linux has.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    /// <param name="lack">What other systems lack, as the reason of the skip.</param>
    public LinuxTheoryAttribute(string lack)
    {
        Lack = lack;
        if (!OperatingSystem.IsLinux()) Skip = lack;
    }

    public string Lack { get; }
}
