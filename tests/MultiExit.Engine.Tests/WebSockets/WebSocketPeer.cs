using System.Text;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.WebSockets;

/// <summary>Text and frames by hand, for one end of a WebSocket proxy.</summary>
internal static class WebSocketPeer
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    public const string Accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

    /// <summary>A client's request with the given fields.</summary>
    public static string Request(string fields, string target = "/any") =>
        $"GET {target} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Key: {Key}\r\nSec-WebSocket-Version: 13\r\n{fields}\r\n";

    public static string Target(string host, int port) => $"X-Proxy-Target-Host: {host}\r\nX-Proxy-Target-Port: {port}\r\n";

    /// <summary>Sends bytes as hexadecimal text says.</summary>
    public static Task SendHexAsync(this TextPeer peer, string hex) => peer.SendAsync(Encoding.Latin1.GetString(Convert.FromHexString(hex)));

    public static async Task<string> ReadHexAsync(this TextPeer peer, int count) =>
        Convert.ToHexString(Encoding.Latin1.GetBytes(await peer.ReadAsync(count)));

    /// <summary>The answer of a server to the request read, whose key it takes from there.</summary>
    public static string Accept(string request, string fields = "")
    {
        const string Name = "Sec-WebSocket-Key: ";
        int start = request.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        string key = request[start..request.IndexOf('\r', start)];
        return $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + $"{Engine.Protocols.WebSocket.WebSocketKey.Accept(key)}\r\n{fields}\r\n";
    }
}
