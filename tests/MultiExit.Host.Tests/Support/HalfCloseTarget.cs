using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace MultiExit.Host.Tests.Support;

/// <summary>A target for one connection that uses its two directions one after the other.</summary>
internal sealed class HalfCloseTarget : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    /// <param name="answer">The bytes it sends.</param>
    /// <param name="sendsFirst">True: sends, ends its direction, then reads to the end. False: reads to the end, then sends.</param>
    public HalfCloseTarget(byte[] answer, bool sendsFirst)
    {
        _listener.Start();
        Received = ServeAsync(answer, sendsFirst);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>The SHA-256 of all bytes that it got.</summary>
    public Task<string> Received { get; }

    public void Dispose() => _listener.Dispose();

    private async Task<string> ServeAsync(byte[] answer, bool sendsFirst)
    {
        using TcpClient client = await _listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        if (sendsFirst) await SendAsync(client, answer);
        string hash = Convert.ToHexString(await SHA256.HashDataAsync(stream));
        if (!sendsFirst) await SendAsync(client, answer);
        return hash;
    }

    private static async Task SendAsync(TcpClient client, byte[] answer)
    {
        await client.GetStream().WriteAsync(answer);
        client.Client.Shutdown(SocketShutdown.Send);
    }
}
