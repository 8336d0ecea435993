namespace MultiExit.Engine.Control;

/// <summary>A parameter behind the question mark of a request.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">What it means, and its form.</param>
/// <param name="IsRequired">Whether it has to be there.</param>
internal sealed record ControlParameter(string Name, string Text, bool IsRequired = false);
