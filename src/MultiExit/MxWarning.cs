using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>Something to know about a configuration that is valid: a part of it does not do what it says.</summary>
public sealed class MxWarning
{
    internal MxWarning(ServerWarning warning)
    {
        Id = warning.Id;
        Message = warning.Message;
    }

    /// <summary>The kind, the id of its message in the log: MX1012. docs/operations.md lists them.</summary>
    public string Id { get; }

    /// <summary>What is wrong and what helps.</summary>
    public string Message { get; }

    /// <summary>The form <c>MX1012 message</c>.</summary>
    public override string ToString() => $"{Id} {Message}";
}
