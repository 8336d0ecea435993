namespace MultiExit.Host.Tests.Support;

/// <summary>A theory with other programs; where one is missing it is named as not run, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresTheoryAttribute : TheoryAttribute
{
    /// <param name="tools">Names of <see cref="ExternalTool"/>.</param>
    public RequiresTheoryAttribute(params string[] tools) => Skip = tools.Select(ExternalTool.WhyNot).FirstOrDefault(reason => reason is not null);
}
