using System.Text;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>The opening handshake of a client (RFC 6455 section 4.1, 4.2.1).</summary>
internal sealed class WebSocketRequest
{
    private const string Version = "13";

    /// <summary>Sec-WebSocket-Key.</summary>
    public required string Key { get; init; }

    /// <summary>The whole value of Sec-WebSocket-Protocol, one character a byte, several fields joined with a comma; null for none.</summary>
    public string? Protocol { get; init; }

    /// <summary>The value of Origin, which browsers send and other clients hardly ever; several fields joined with a comma; null for none.</summary>
    public string? Origin { get; init; }

    /// <summary>The extensions offered, by name.</summary>
    public required IReadOnlyList<string> Extensions { get; init; }

    /// <summary>Checks a request.</summary>
    /// <param name="head">The head.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="fault">Why it is not a valid request: 405 and 400, and 426, which goes with <c>Upgrade</c> and
    /// <c>Sec-WebSocket-Version</c>.</param>
    public static WebSocketRequest? Parse(HttpRequestHead head, ReadOnlySpan<byte> bytes, out HttpFault fault)
    {
        fault = default;
        string? key = null, protocol = null, version = null, origin = null;
        List<string> extensions = [];
        HttpFieldReader reader = new(bytes);
        while (reader.Read())
        {
            if (reader.Is("Sec-WebSocket-Key"u8)) key = Join(key, reader.Value);
            else if (reader.Is("Sec-WebSocket-Protocol"u8)) protocol = Join(protocol, reader.Value);
            else if (reader.Is("Sec-WebSocket-Version"u8)) version = Join(version, reader.Value);
            else if (reader.Is("Sec-WebSocket-Extensions"u8)) AddNames(extensions, reader.Value);
            else if (reader.Is("Origin"u8)) origin = Join(origin, reader.Value);
        }
        if (head.Method != "GET") fault = new(405, "a WebSocket is opened with GET");
        else if (head.Target.Form is not (HttpTargetForm.Origin or HttpTargetForm.Absolute)) fault = HttpFault.Bad("faulty request target");
        else if (head.MinorVersion == 0) fault = HttpFault.Bad("a WebSocket is opened with HTTP/1.1");
        else if (!AsksFor(head, bytes)) fault = new(426, "this is a WebSocket server: send Connection: Upgrade and Upgrade: websocket");
        else if (version is null) fault = HttpFault.Bad("no Sec-WebSocket-Version");
        else if (version != Version) fault = new(426, "only version 13 of the WebSocket protocol is spoken here");
        else if (key is null || !WebSocketKey.IsValid(Encoding.Latin1.GetBytes(key))) fault = HttpFault.Bad("faulty Sec-WebSocket-Key");
        else if (!head.Body.IsEmpty) fault = HttpFault.Bad("the request has a body");
        return fault.IsNone ? new() { Key = key!, Protocol = protocol, Origin = origin, Extensions = extensions } : null;
    }

    /// <summary>Writes a request up to its last field; the caller may add more before it ends the head.</summary>
    /// <param name="writer">Receives it.</param>
    /// <param name="host">The Host field.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="key">Sec-WebSocket-Key.</param>
    /// <param name="protocol">Sec-WebSocket-Protocol; null for none.</param>
    /// <param name="extension">The extension to offer; null for none.</param>
    public static void Write(HttpHeadWriter writer, string host, string target, string key, string? protocol, string? extension)
    {
        writer.RequestLine("GET", target);
        writer.Field("Host"u8, host);
        writer.Field("Upgrade"u8, "websocket"u8);
        writer.Field("Connection"u8, "Upgrade"u8);
        writer.Field("Sec-WebSocket-Key"u8, key);
        writer.Field("Sec-WebSocket-Version"u8, Version);
        if (protocol is not null) writer.Field("Sec-WebSocket-Protocol"u8, protocol);
        if (extension is not null) writer.Field("Sec-WebSocket-Extensions"u8, extension);
    }

    /// <summary>True when <c>Upgrade</c> names websocket and <c>Connection</c> says so.</summary>
    private static bool AsksFor(HttpRequestHead head, ReadOnlySpan<byte> bytes)
    {
        if (!head.Fields.ConnectionUpgrade || head.Fields.Upgrade is not { } range) return false;
        HttpListReader protocols = new(bytes[range]);
        while (protocols.Read())
            if (Ascii.EqualsIgnoreCase(protocols.Current, "websocket"u8)) return true;
        return false;
    }

    // Two keys are as wrong as one of twice the length; two lists of protocols are one list.
    private static string Join(string? before, ReadOnlySpan<byte> value)
    {
        string text = Encoding.Latin1.GetString(value);
        return before is null ? text : $"{before}, {text}";
    }

    /// <summary>Adds the names of a list of extensions, without their parameters.</summary>
    internal static void AddNames(List<string> names, ReadOnlySpan<byte> value)
    {
        HttpListReader list = new(value);
        while (list.Read())
        {
            int end = list.Current.IndexOf((byte)';');
            names.Add(Encoding.Latin1.GetString(HttpChars.Trim(end < 0 ? list.Current : list.Current[..end])));
        }
    }
}
