using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads what WebSocket inbounds and exits have beyond others.</summary>
internal static class WebSocketBinder
{
    private static readonly TimeSpan MinPing = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPing = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxLinger = TimeSpan.FromHours(1);

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

    /// <summary>Adds to an inbound what it alone has.</summary>
    public static WebSocketInboundConfig ReadInbound(MapReader reader, WebSocketInboundConfig inbound) =>
        inbound with { Ping = ReadPing(reader), TrueAnswers = reader.Flag("true_answers") ?? inbound.TrueAnswers };

    /// <summary>Makes an exit of what all exits through proxies have.</summary>
    public static WebSocketExitConfig ReadExit(MapReader reader, WebSocketExitConfig exit, EndpointUrl? url)
    {
        // The fields of the request hold both: what is no field value would end the field (RFC 9110 section 5.5).
        if (exit.Password is { } password && !IsField(password.Reveal()))
        {
            SourcePlace place = (reader.Take("password") ?? reader.Take("server")!).Place;
            reader.Context.Errors.Add(place, "a password that goes into a request field has no control characters and no blanks at its ends");
        }
        if (exit.Username is { } username && !IsField(Encoding.UTF8.GetBytes(username)))
            reader.Context.Errors.Add((reader.Take("username") ?? reader.Take("server")!).Place, "a user's name that goes into a request field has no blanks at its ends");
        return exit with
        {
            Path = url is null || url.Path.Length == 0 ? "/" : url.Path,
            ReplyWait = reader.Duration("reply_wait", TimeSpan.Zero, TimeSpan.FromSeconds(30)) ?? exit.ReplyWait,
            Linger = reader.Duration("linger", TimeSpan.Zero, MaxLinger) ?? exit.Linger,
            Ping = ReadPing(reader),
        };
    }

    private static bool IsField(ReadOnlySpan<byte> value) => HttpChars.IsFieldValue(value) && HttpChars.Trim(value).Length == value.Length;
}
