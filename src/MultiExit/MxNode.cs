using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A node of a fleet, as a server knew it when the object was made.</summary>
public sealed class MxNode
{
    internal MxNode(RunningServer server, FleetStatus fleet, NodeStatus status)
    {
        Server = server.Name;
        Socket = server.Socket;
        Fleet = fleet.Fleet;
        Name = status.Name;
        State = status.State.ToString();
        IsSelf = status.Name == fleet.Node && status.Epoch == fleet.Epoch;
        Epoch = status.Epoch;
        Joined = status.Joined;
        Silence = status.Silence;
        Version = status.Version;
        Labels = [.. status.Labels];
        NodeConfigStatus? said = fleet.Rollout?.Nodes.FirstOrDefault(each => each.Node == status.Name);
        ConfigVersion = said?.Version;
        ConfigState = said?.State.ToString();
        ConfigReason = said?.Reason;
    }

    /// <summary>The name of the server that was asked.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The name of the fleet.</summary>
    public string Fleet { get; }

    /// <summary>The name of the node.</summary>
    public string Name { get; }

    /// <summary>Alive; Silent: it has written nothing to the store for 15 s; Left: it has stopped in order.</summary>
    public string State { get; }

    /// <summary>Whether it is the server that was asked.</summary>
    public bool IsSelf { get; }

    /// <summary>How many servers have been this node so far.</summary>
    public long Epoch { get; }

    /// <summary>When the server of this epoch joined, by the clock of the store.</summary>
    public DateTimeOffset Joined { get; }

    /// <summary>How long ago it had written last when the store was read.</summary>
    public TimeSpan Silence { get; }

    /// <summary>The version of its program.</summary>
    public string Version { get; }

    /// <summary>The labels of its configuration.</summary>
    public string[] Labels { get; }

    /// <summary>The version of the fleet's configuration that it runs; 0: its own file alone; null: nothing was published, or it has not said.</summary>
    public int? ConfigVersion { get; }

    /// <summary>How it stands to what the fleet asks of it: Current, Applying, Failed or Diverged; null: see ConfigVersion.</summary>
    public string? ConfigState { get; }

    /// <summary>Why it failed or has diverged; null: it has not.</summary>
    public string? ConfigReason { get; }

    /// <summary>The name of the node.</summary>
    public override string ToString() => Name;
}
