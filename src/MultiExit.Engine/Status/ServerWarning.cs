namespace MultiExit.Engine.Status;

/// <summary>Something that an operator has to know about a configuration that is in force, or could be: it is valid, and yet a part of
/// it does not do what it says.</summary>
/// <param name="Id">The kind, the id of its message in the log: <c>MX1012</c>. Stable; docs/operations.md lists the kinds.</param>
/// <param name="Message">What is wrong and what helps, in a sentence that names the exit, inbound or group.</param>
public sealed record ServerWarning(string Id, string Message)
{
    /// <summary>The form <c>MX1012 message</c>.</summary>
    public override string ToString() => $"{Id} {Message}";
}
