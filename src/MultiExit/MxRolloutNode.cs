using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>What a node of a fleet said of its configuration.</summary>
public sealed class MxRolloutNode
{
    internal MxRolloutNode(NodeConfigStatus said)
    {
        Name = said.Node;
        Version = said.Version;
        State = said.State.ToString();
        Reason = said.Reason;
        Held = said.Held;
        Age = said.Age;
    }

    /// <summary>The name of the node.</summary>
    public string Name { get; }

    /// <summary>The version of the fleet's configuration that it runs; 0: its own file alone.</summary>
    public int Version { get; }

    /// <summary>Current, Applying, Failed or Diverged.</summary>
    public string State { get; }

    /// <summary>Why it failed or has diverged; null: it has not.</summary>
    public string? Reason { get; }

    /// <summary>How long it has run the version, by its own clock.</summary>
    public TimeSpan Held { get; }

    /// <summary>How long ago it said so, by the clock of the store.</summary>
    public TimeSpan Age { get; }

    /// <summary>The node with its version and state.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Name} {Version} {State}");
}
