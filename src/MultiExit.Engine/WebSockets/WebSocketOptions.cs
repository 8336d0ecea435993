namespace MultiExit.Engine.WebSockets;

/// <summary>How a <see cref="WebSocketConnection"/> behaves.</summary>
internal sealed record WebSocketOptions
{
    /// <summary>Whether this end is the server: then the peer has to mask its frames and this end does not.</summary>
    public required bool IsServer { get; init; }

    /// <summary>The extension <see cref="WebSocketConnection.HalfClose"/> was agreed: an empty text message ends one direction.</summary>
    public bool HalfClose { get; init; }

    /// <summary>The longest message that <see cref="WebSocketConnection.ReceiveAsync"/> puts together, in bytes; a longer one is answered with
    /// 1009. Reading bytes has no limit, since nothing is kept.</summary>
    public int MaxMessage { get; init; } = 1024 * 1024;

    /// <summary>How often the peer is pinged; zero: never.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a pinged peer may be silent; at most as long as the interval.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether the peer reads at all times, as a multiplexer does. If not, silence while our data is unread proves nothing: the peer may
    /// be waiting for its own reader, with our ping queued after that data.</summary>
    public bool PeerAlwaysReads { get; init; }

    /// <summary>How long a pinged peer may be silent even when it has our data to read; zero: for ever.</summary>
    public TimeSpan SilenceLimit { get; init; }

    /// <summary>Whether many sessions send through it, so that small messages wait for those of others (<see cref="Transport.GatheringWriter"/>).</summary>
    public bool Gathers { get; init; }

    /// <summary>Without the extension: how long the peer may send nothing before <see cref="WebSocketConnection.EndAsync"/>'s close frame leaves, which
    /// ends its direction too; zero: it leaves at once.</summary>
    public TimeSpan Linger { get; init; }

    /// <summary>How long the peer may take for its close frame once it has this end's.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
