namespace MultiExit.Host.Tests.Support;

/// <summary>A fact with another program; where that is missing it is named as not run, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresFactAttribute : FactAttribute
{
    /// <param name="tool">A name of <see cref="ExternalTool"/>.</param>
    public RequiresFactAttribute(string tool) => Skip = ExternalTool.WhyNot(tool);
}
