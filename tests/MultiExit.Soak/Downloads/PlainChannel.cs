using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Soak.Downloads;

/// <summary>A carrier in the plain format, at its server's end: TCP sessions alone.</summary>
internal sealed class PlainChannel(WebSocket socket) : IDisposable
{
    private const string Guid6455 = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    // "CLAIM_ACK:" or "DATA:", an id of 36 characters, and "|" are fewer.
    private const int HeadRoom = 64;
    private const int Piece = 32 * 1024;
    private const int LargestMessage = 256 * 1024;

    private readonly ConcurrentDictionary<string, Socket> _targets = new();
    private readonly SemaphoreSlim _sending = new(1);

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 names SHA-1.")]
    public static async Task<PlainChannel> AcceptAsync(Stream stream, string token)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }
        string[] lines = head.ToString().Split("\r\n");
        if (Field("Sec-WebSocket-Protocol") != token) throw new InvalidDataException("another token");
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(Field("Sec-WebSocket-Key") + Guid6455)));
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {token}\r\n\r\n"));
        return new PlainChannel(WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = token }));

        string Field(string name) =>
            lines.First(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Split(':')[1].Trim();
    }

    public async Task RunAsync()
    {
        byte[] buffer = new byte[LargestMessage];
        while (true)
        {
            int length = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(length), default);
                length += result.Count;
            }
            while (!result.EndOfMessage);
            if (result.MessageType == WebSocketMessageType.Close) return;
            await TakeAsync(Encoding.Latin1.GetString(buffer, 0, length));
        }
    }

    public void Dispose()
    {
        foreach (Socket target in _targets.Values) target.Dispose();
        socket.Dispose();
        _sending.Dispose();
    }

    private async Task TakeAsync(string message)
    {
        string[] word = message.Split(':', 2);
        string[] parts = word[1].Split('|', 2);
        string id = parts[0];
        switch (word[0])
        {
            case "CLAIM":
                await SendTextAsync($"CLAIM_ACK:{id}|{parts[1]}");
                break;
            case "TCP":
                _ = ServeAsync(id, parts[1].Split('|', 2));
                break;
            case "DATA" when _targets.TryGetValue(id, out Socket? target):
                await target.SendAsync(Encoding.Latin1.GetBytes(parts[1]));
                break;
            case "CLOSE":
                if (_targets.TryRemove(id, out Socket? closed)) closed.Dispose();
                await SendTextAsync("CLOSE:" + id);
                break;
        }
    }

    private async Task ServeAsync(string id, string[] request)
    {
        byte[] buffer = new byte[HeadRoom + Piece];
        int head = Encoding.ASCII.GetBytes($"DATA:{id}|", buffer);
        using Socket target = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await target.ConnectAsync(IPEndPoint.Parse(request[0]));
            if (request.Length > 1) await target.SendAsync(Encoding.Latin1.GetBytes(request[1]));
            _targets[id] = target;
            await SendTextAsync("CONNECTED:" + id);
            int read;
            while ((read = await target.ReceiveAsync(buffer.AsMemory(head, Piece))) > 0)
                await SendAsync(buffer.AsMemory(0, head + read), WebSocketMessageType.Binary);
            if (_targets.TryRemove(id, out _)) await SendTextAsync("CLOSE:" + id);
        }
        catch (Exception exception)
            when (exception is SocketException or ObjectDisposedException or WebSocketException or OperationCanceledException)
        {
            // The other side of the session has closed it, or the carrier has ended.
        }
    }

    private Task SendTextAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text), WebSocketMessageType.Text);

    private async Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        await _sending.WaitAsync();
        try
        {
            await socket.SendAsync(message, type, true, default);
        }
        finally
        {
            _sending.Release();
        }
    }
}
