using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads a websocket exit.</summary>
internal static class WebSocketExitBinder
{
    private static readonly ProxyKeys Keys = new("websocket", "ws:// or wss://") { HasPath = true };

    /// <summary>Reads it.</summary>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public static ExitConfig? Read(MapReader reader, string? name, NameTable names)
    {
        WebSocketExitConfig? exit = ProxyExitBinder.Read(
            reader, name, names, Keys, server => new WebSocketExitConfig { Name = name!, Server = server }, out EndpointUrl? url);
        if (exit is null)
        {
            reader.Known("reply_wait", "linger", "ping_interval", "ping_timeout");
            return null;
        }
        CheckFields(reader, exit);
        return exit with
        {
            Path = url is null || url.Path.Length == 0 ? "/" : url.Path,
            ReplyWait = reader.Duration(WebSocketExitConfig.ReplyWaitRange) ?? exit.ReplyWait,
            Linger = reader.Duration(WebSocketExitConfig.LingerRange) ?? exit.Linger,
            Ping = WebSocketBinder.ReadPing(reader),
        };
    }

    // The fields of the request hold both: a character that a field value cannot have would end the field (RFC 9110 section 5.5).
    private static void CheckFields(MapReader reader, WebSocketExitConfig exit)
    {
        if (exit.Password is { } password && !IsField(password.Reveal()))
        {
            SourcePlace place = (reader.Take("password") ?? reader.Take("server")!).Place;
            reader.Context.Errors.Add(place, "a password that goes into a request field has no control characters and no blanks at its ends");
        }
        if (exit.Username is { } username && !IsField(Encoding.UTF8.GetBytes(username)))
            reader.Context.Errors.Add((reader.Take("username") ?? reader.Take("server")!).Place,
                "a user's name that goes into a request field has no blanks at its ends");
    }

    private static bool IsField(ReadOnlySpan<byte> value) => HttpChars.IsFieldValue(value) && HttpChars.Trim(value).Length == value.Length;
}
