using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Tests.WebSockets;

/// <summary>A connection and, at its other end, the bytes on the wire or another connection.</summary>
internal sealed class WebSocketPair : IDisposable
{
    private readonly DuplexPair _streams = new();

    public WebSocketPair(bool isServer = true, TimeProvider? time = null, WebSocketOptions? options = null)
    {
        Connection = new WebSocketConnection(_streams.Left,
            (options ?? new() { IsServer = isServer }) with { IsServer = isServer }, time ?? TimeProvider.System);
        Wire = new TestClient(_streams.Right);
    }

    public WebSocketConnection Connection { get; }

    public TestClient Wire { get; }

    /// <summary>Two connections, client and server.</summary>
    public static (WebSocketConnection Client, WebSocketConnection Server) Connect(WebSocketOptions? options = null, TimeProvider? time = null)
    {
        DuplexPair streams = new();
        options ??= new WebSocketOptions { IsServer = false };
        time ??= TimeProvider.System;
        return (new(streams.Left, options with { IsServer = false }, time), new(streams.Right, options with { IsServer = true }, time));
    }

    /// <summary>A client's frame with the key 01020304, as hexadecimal text.</summary>
    public static string Masked(byte first, params byte[] payload) => Convert.ToHexString(
        [first, (byte)(0x80 | payload.Length), 1, 2, 3, 4, .. payload.Select((value, index) => (byte)(value ^ (index % 4 + 1)))]);

    public void Dispose() => Connection.Dispose();
}
