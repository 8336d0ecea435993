namespace MultiExit.Engine.Templates;

/// <summary>Something that a template has to know.</summary>
/// <param name="Parameter">The property of <see cref="TemplateRequest"/>, in the singular: <c>Address</c>.</param>
/// <param name="Question">The question to a person.</param>
/// <param name="IsList">Whether several values are taken, with commas between them.</param>
public sealed record TemplateQuestion(string Parameter, string Question, bool IsList);
