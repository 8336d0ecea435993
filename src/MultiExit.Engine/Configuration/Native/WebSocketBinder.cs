using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads what WebSocket inbounds and exits have beyond others.</summary>
internal static class WebSocketBinder
{
    private static readonly TimeSpan MinPing = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPing = TimeSpan.FromHours(1);

    /// <summary>Reads <c>ping_interval</c> and <c>ping_timeout</c>.</summary>
    public static WebSocketPing ReadPing(MapReader reader)
    {
        WebSocketPing ping = new();
        TimeSpan? interval = reader.Duration("ping_interval", MinPing, MaxPing);
        TimeSpan? timeout = reader.Duration("ping_timeout", MinPing, MaxPing);
        if (interval is { } given) ping = ping with { Interval = given, Timeout = given < ping.Timeout ? given : ping.Timeout };
        if (timeout is not { } wait) return ping;
        if (wait > ping.Interval)
        {
            reader.Context.Errors.Add(reader.Take("ping_timeout")!.Place,
                $"ping_timeout ({DurationText.Format(wait)}) is longer than ping_interval ({DurationText.Format(ping.Interval)}); expected at most that");
        }
        return ping with { Timeout = wait };
    }
}
