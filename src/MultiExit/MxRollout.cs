using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>The newest version of a fleet's configuration, as the store had it when the object was made.</summary>
public sealed class MxRollout
{
    internal MxRollout(RunningServer server, RolloutStatus status)
    {
        Server = server.Name;
        Socket = server.Socket;
        Fleet = status.Fleet;
        Version = status.Version;
        Base = status.Base;
        State = status.State.ToString();
        Left = status.State is RolloutState.Canary or RolloutState.Everywhere ? status.Left > TimeSpan.Zero ? status.Left : TimeSpan.Zero : null;
        Since = status.Since;
        Canaries = [.. status.Canaries];
        Hold = status.Hold;
        NeedsConfirmation = status.NeedsConfirmation;
        Who = status.Who;
        Message = status.Message;
        Created = status.Created;
        Probe = status.Probe;
        Reason = status.Reason;
        Nodes = [.. status.Nodes.Select(said => new MxRolloutNode(said))];
    }

    /// <summary>The name of the server that was asked.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The name of the fleet.</summary>
    public string Fleet { get; }

    /// <summary>The version.</summary>
    public int Version { get; }

    /// <summary>The version that nodes go back to; 0: each node's own file.</summary>
    public int Base { get; }

    /// <summary>Canary, Everywhere, Confirmed or RolledBack.</summary>
    public string State { get; }

    /// <summary>How long until nodes go back from it; null: it stays, or is rolled back.</summary>
    public TimeSpan? Left { get; }

    /// <summary>How long ago it got into its state, by the clock of the store.</summary>
    public TimeSpan Since { get; }

    /// <summary>The nodes that got it first.</summary>
    public string[] Canaries { get; }

    /// <summary>How long a node has to run it well before it counts as good.</summary>
    public TimeSpan Hold { get; }

    /// <summary>Whether somebody has to confirm it.</summary>
    public bool NeedsConfirmation { get; }

    /// <summary>Who published it.</summary>
    public string Who { get; }

    /// <summary>What it is for; null: nothing was said.</summary>
    public string? Message { get; }

    /// <summary>When it was published, by the clock of the store.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>A destination that each node has to reach through it; null: none.</summary>
    public string? Probe { get; }

    /// <summary>Why it was rolled back; null: it was not.</summary>
    public string? Reason { get; }

    /// <summary>The nodes, as they last said.</summary>
    public MxRolloutNode[] Nodes { get; }

    /// <summary>The fleet with the version and its state.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Fleet} {Version} {State}");
}
