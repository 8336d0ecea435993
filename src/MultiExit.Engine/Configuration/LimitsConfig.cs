namespace MultiExit.Engine.Configuration;

/// <summary>Limits and time-outs of a server.</summary>
public sealed record LimitsConfig
{
    /// <summary>The most client connections at a time (default 10000). Further ones are closed at once.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>The most connections of one client address (default: as many as <see cref="Connections"/>).</summary>
    public int? ConnectionsPerClient { get; init; }

    /// <summary>How long a client may take to say what it wants, TLS included (default 10 s).</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a dial may take, names included (default 10 s).</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a session without a byte in either direction is kept (default 10 min).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a stop waits for live sessions before it ends them (default 30 s).</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
