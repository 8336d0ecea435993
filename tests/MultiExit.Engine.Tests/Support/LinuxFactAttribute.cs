namespace MultiExit.Engine.Tests.Support;

/// <summary>A test of something that only Linux has.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    /// <param name="lack">What other systems lack, as the reason of the skip.</param>
    public LinuxFactAttribute(string lack)
    {
        Lack = lack;
        if (!OperatingSystem.IsLinux()) Skip = lack;
    }

    public string Lack { get; }
}
