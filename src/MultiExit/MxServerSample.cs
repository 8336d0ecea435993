using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>What a server did in an interval.</summary>
public sealed class MxServerSample
{
    internal MxServerSample(RunningServer server, ServerStatus status, SampleRates rates, MxExit[] exits, MxEvent[] events)
    {
        Server = server.Name;
        Socket = server.Socket;
        Time = DateTimeOffset.Now;
        Started = status.Started;
        State = status.State.ToString();
        Connections = status.Connections;
        Sessions = status.Sessions;
        (BytesUpPerSecond, BytesDownPerSecond, SessionsPerSecond, FailedPerSecond) =
            (rates.BytesUp, rates.BytesDown, rates.Sessions, rates.Failed);
        Exits = exits;
        ExitsDown = exits.Count(exit => exit.State == "Down");
        Events = events;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The end of the interval.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>When the server started.</summary>
    public DateTimeOffset Started { get; }

    /// <summary>Running, Draining or Stopped.</summary>
    public string State { get; }

    /// <summary>Client connections.</summary>
    public int Connections { get; }

    /// <summary>Live sessions.</summary>
    public int Sessions { get; }

    /// <summary>New sessions a second.</summary>
    public double SessionsPerSecond { get; }

    /// <summary>Requests a second that were not served.</summary>
    public double FailedPerSecond { get; }

    /// <summary>Bytes a second from clients to targets.</summary>
    public double BytesUpPerSecond { get; }

    /// <summary>Bytes a second from targets to clients.</summary>
    public double BytesDownPerSecond { get; }

    /// <summary>The exits and groups.</summary>
    public MxExit[] Exits { get; }

    /// <summary>Those of them that are down.</summary>
    public int ExitsDown { get; }

    /// <summary>What happened in the interval.</summary>
    public MxEvent[] Events { get; }

    /// <summary>The form <c>edge-1 12 sessions</c>.</summary>
    public override string ToString() => $"{Server} {CountText.Of(Sessions, "session")}";
}
