using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>A deployed server: written from the table of the wire format alone, on the WebSocket of the platform.</summary>
internal sealed class DeployedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, TcpClient> _targets = new();
    private readonly ConcurrentDictionary<string, UdpClient> _associations = new();
    private readonly ConcurrentBag<TcpClient> _channels = [];
    private int _accepted;
    private int _ended;

    public DeployedServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Channels so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Channels that are open.</summary>
    public int Live => Accepted - Volatile.Read(ref _ended);

    /// <summary>The messages that came: the channel index of the connection (in the order of arrival), and the text up to 200 characters.</summary>
    public ConcurrentQueue<(int Channel, string Text)> Log { get; } = new();

    /// <summary>Waited for before a claim on this channel is acknowledged.</summary>
    public Func<string, Task> BeforeAck { get; set; } = _ => Task.CompletedTask;

    /// <summary>Waited for before a target is dialed.</summary>
    public Func<string, Task> BeforeDial { get; set; } = _ => Task.CompletedTask;

    /// <summary>Cuts the connections of all channels.</summary>
    public void CutChannels()
    {
        foreach (TcpClient channel in _channels) channel.Client?.Close(0);
    }

    public ValueTask DisposeAsync()
    {
        _listener.Stop();
        CutChannels();
        foreach (TcpClient target in _targets.Values) target.Dispose();
        foreach (UdpClient association in _associations.Values) association.Dispose();
        return default;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient channel = await _listener.AcceptTcpClientAsync();
                _channels.Add(channel);
                _ = ServeAsync(channel, Interlocked.Increment(ref _accepted) - 1);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient channel, int number)
    {
        try
        {
            using WebSocket socket = await UpgradeAsync(channel.GetStream());
            using SemaphoreSlim sending = new(1);
            byte[] buffer = new byte[256 * 1024];
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
                string message = Encoding.Latin1.GetString(buffer, 0, length);
                Log.Enqueue((number, message[..Math.Min(200, message.Length)]));
                await HandleAsync(new Channel(socket, sending), message);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or ObjectDisposedException or SocketException)
        {
            // The client has gone.
        }
        finally
        {
            Interlocked.Increment(ref _ended);
            channel.Dispose();
        }
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 names SHA-1.")]
    private static async Task<WebSocket> UpgradeAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }
        string[] lines = head.ToString().Split("\r\n");
        string Field(string name) => lines.First(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))[(name.Length + 1)..].Trim();
        Assert.Equal("GET /tunnel HTTP/1.1", lines[0]);
        Assert.Equal(EchTunnelPair.Token, Field("Sec-WebSocket-Protocol"));
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(Field("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
    }

    private async Task HandleAsync(Channel channel, string message)
    {
        string word = message[..message.IndexOf(':')];
        string[] parts = message[(word.Length + 1)..].Split('|', 2);
        string id = parts[0];
        switch (word)
        {
            case "CLAIM":
                _ = AckAsync(channel, id, parts[1]);
                break;
            case "TCP":
                _ = DialAsync(channel, id, parts[1].Split('|', 2));
                break;
            case "DATA" when _targets.TryGetValue(id, out TcpClient? target):
                await target.GetStream().WriteAsync(Encoding.Latin1.GetBytes(parts[1]));
                break;
            case "CLOSE":
                if (_targets.TryRemove(id, out TcpClient? closed)) closed.Dispose();
                await channel.SendAsync(WebSocketMessageType.Text, "CLOSE:" + id);
                break;
            case "UDP_CONNECT":
                UdpClient udp = new(0, AddressFamily.InterNetwork);
                udp.Connect(IPEndPoint.Parse(parts[1]));
                _associations[id] = udp;
                await channel.SendAsync(WebSocketMessageType.Text, "UDP_CONNECTED:" + id);
                _ = ReceiveAsync(channel, id, udp);
                break;
            case "UDP_DATA" when _associations.TryGetValue(id, out UdpClient? association):
                await association.SendAsync(Encoding.Latin1.GetBytes(parts[1]));
                break;
            case "UDP_CLOSE":
                if (_associations.TryRemove(id, out UdpClient? ended)) ended.Dispose();
                break;
        }
    }

    private async Task AckAsync(Channel channel, string id, string index)
    {
        await BeforeAck(index);
        await channel.SendAsync(WebSocketMessageType.Text, $"CLAIM_ACK:{id}|{index}");
    }

    private async Task DialAsync(Channel channel, string id, string[] request)
    {
        TcpClient target = new();
        try
        {
            await BeforeDial(request[0]);
            await target.ConnectAsync(IPEndPoint.Parse(request[0]));
            if (request.Length > 1) await target.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request[1]));
            _targets[id] = target;
            await channel.SendAsync(WebSocketMessageType.Text, "CONNECTED:" + id);
            byte[] buffer = new byte[32 * 1024];
            int read;
            while ((read = await target.GetStream().ReadAsync(buffer)) > 0)
                await channel.SendAsync(WebSocketMessageType.Binary, $"DATA:{id}|" + Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            // CLOSE reports it.
        }
        _targets.TryRemove(id, out _);
        target.Dispose();
        await channel.SendAsync(WebSocketMessageType.Text, "CLOSE:" + id);
    }

    private static async Task ReceiveAsync(Channel channel, string id, UdpClient udp)
    {
        try
        {
            while (true)
            {
                UdpReceiveResult received = await udp.ReceiveAsync();
                await channel.SendAsync(WebSocketMessageType.Binary, $"UDP_DATA:{id}|{received.RemoteEndPoint}|{Encoding.Latin1.GetString(received.Buffer)}");
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Ended.
        }
    }

    private sealed record Channel(WebSocket Socket, SemaphoreSlim Sending)
    {
        public async Task SendAsync(WebSocketMessageType type, string message)
        {
            try
            {
                await Sending.WaitAsync();
                await Socket.SendAsync(Encoding.Latin1.GetBytes(message), type, true, default);
                Sending.Release();
            }
            catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or IOException or OperationCanceledException)
            {
                // The client has gone.
            }
        }
    }
}
