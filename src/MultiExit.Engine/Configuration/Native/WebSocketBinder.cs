using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that WebSocket inbounds and exits have beyond others.</summary>
internal static class WebSocketBinder
{
    /// <summary>Reads <c>ping_interval</c> and <c>ping_timeout</c>.</summary>
    public static WebSocketPing ReadPing(MapReader reader)
    {
        WebSocketPing ping = new();
        TimeSpan? interval = reader.Duration(WebSocketPing.IntervalRange);
        TimeSpan? timeout = reader.Duration(WebSocketPing.TimeoutRange);
        if (interval is { } given) ping = ping with { Interval = given, Timeout = given < ping.Timeout ? given : ping.Timeout };
        if (timeout is not { } wait) return ping;
        ping = ping with { Timeout = wait };
        if (ping.Contradiction is { } problem) reader.Context.Errors.Add(reader.Take("ping_timeout")!.Place, problem);
        return ping;
    }
}
