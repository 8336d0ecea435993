using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>How the peer of a WebSocket is asked for a sign of life.</summary>
public sealed record WebSocketPing
{
    internal static readonly DurationRange IntervalRange = new("ping_interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
    internal static readonly DurationRange TimeoutRange = new("ping_timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));

    /// <summary>How often (key <c>ping_interval</c>, 100 ms to 1 h, default 30 s).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may be silent after a ping (key <c>ping_timeout</c>, 100 ms to 1 h, default 20 s); at most as long as the
    /// interval.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What is wrong with <see cref="Timeout"/> beside <see cref="Interval"/>; null when they fit.</summary>
    internal string? Contradiction => Timeout <= Interval ? null
        : $"ping_timeout ({DurationText.Format(Timeout)}) is longer than ping_interval ({DurationText.Format(Interval)}); expected at most that";

    internal void Check(ValueCheck check)
    {
        check.Check(IntervalRange, Interval);
        check.Check(TimeoutRange, Timeout);
        check.Add(TimeoutRange.Key, Contradiction);
    }
}
