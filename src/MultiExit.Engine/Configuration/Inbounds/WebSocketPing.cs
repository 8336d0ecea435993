namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>How the peer of a WebSocket is asked for a sign of life.</summary>
public sealed record WebSocketPing
{
    /// <summary>How often (key <c>ping_interval</c>, default 30 s).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may be silent behind a ping (key <c>ping_timeout</c>, default 20 s); at most as long as the interval.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);
}
