namespace MultiExit.Host.Tests.Support;

/// <summary>A theory with another program; where that is missing it is named as not run, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresTheoryAttribute : TheoryAttribute
{
    /// <param name="tool">A name of <see cref="ExternalTool"/>.</param>
    public RequiresTheoryAttribute(string tool) => Skip = ExternalTool.WhyNot(tool);
}
