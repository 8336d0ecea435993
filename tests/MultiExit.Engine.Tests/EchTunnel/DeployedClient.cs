using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>One channel of a deployed client: written from the table of the wire format alone, on the WebSocket of the platform.</summary>
internal sealed class DeployedClient : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[256 * 1024];

    public static async Task<DeployedClient> ConnectAsync(IPEndPoint server, string? token = EchTunnelPair.Token, string path = "/tunnel")
    {
        DeployedClient client = new();
        if (token is not null) client._socket.Options.AddSubProtocol(token);
        client._socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await client._socket.ConnectAsync(new Uri($"ws://{server}{path}"), CancellationToken.None).WaitAsync(Limit);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>The status that a server refuses with.</summary>
    public static async Task<HttpStatusCode> RefusalAsync(IPEndPoint server, string? token, string path = "/tunnel")
    {
        using ClientWebSocket socket = new();
        if (token is not null) socket.Options.SetRequestHeader("Sec-WebSocket-Protocol", token);
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{server}{path}"), CancellationToken.None).WaitAsync(Limit));
        return socket.HttpStatusCode;
    }

    public Task SendTextAsync(string text) => SendAsync(WebSocketMessageType.Text, Encoding.Latin1.GetBytes(text));

    public Task SendBinaryAsync(string text) => SendAsync(WebSocketMessageType.Binary, Encoding.Latin1.GetBytes(text));

    /// <summary>A text is not checked to be UTF-8.</summary>
    public Task SendAsync(WebSocketMessageType type, byte[] message) => _socket.SendAsync(message, type, true, CancellationToken.None).WaitAsync(Limit);

    /// <summary>The next message: <c>T</c> or <c>B</c> for its frame, then its bytes as Latin-1; <c>closed</c> at the end.</summary>
    public async Task<string> ReceiveAsync()
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult result = await _socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None).AsTask().WaitAsync(Limit);
            length += result.Count;
            if (result.MessageType == WebSocketMessageType.Close) return "closed";
            if (result.EndOfMessage) return (result.MessageType == WebSocketMessageType.Text ? "T" : "B") + Encoding.Latin1.GetString(_buffer, 0, length);
        }
    }

    /// <summary>Opens a session as clients do, with the claim before it.</summary>
    public async Task<string> OpenAsync(IPEndPoint target, string? firstFrame = null)
    {
        string id = Guid.NewGuid().ToString();
        await SendTextAsync($"CLAIM:{id}|0");
        Assert.Equal($"TCLAIM_ACK:{id}|0", await ReceiveAsync());
        await SendTextAsync($"TCP:{id}|{target}" + (firstFrame is null ? "" : "|" + firstFrame));
        Assert.Equal($"TCONNECTED:{id}", await ReceiveAsync());
        return id;
    }

    public void Abort() => _socket.Abort();

    public void Dispose() => _socket.Dispose();
}
