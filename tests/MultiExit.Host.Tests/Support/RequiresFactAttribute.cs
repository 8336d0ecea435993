namespace MultiExit.Host.Tests.Support;

/// <summary>A fact with other programs; where one is missing it is named as not run, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresFactAttribute : FactAttribute
{
    /// <param name="tools">Names of <see cref="ExternalTool"/>.</param>
    public RequiresFactAttribute(params string[] tools) => Skip = tools.Select(ExternalTool.WhyNot).FirstOrDefault(reason => reason is not null);
}
