using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Host.Tests.Support;

/// <summary>A small HTTP/1.1 origin: <c>GET /bytes/N</c> sends N bytes, <c>PUT</c> answers with the SHA-256 of what it got, one request a connection.</summary>
internal sealed class HttpOrigin : IDisposable
{
    private static readonly byte[] Block = MakeBlock();
    private readonly TcpListener _listener;
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HttpOrigin(IPAddress? address = null)
    {
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start(4096);
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Where the connections came from, in order.</summary>
    public ConcurrentQueue<IPAddress> Peers { get; } = new();

    public string Url => $"http://{EndPoint}";

    /// <summary>The SHA-256 of <c>GET /bytes/N</c>, in hexadecimal.</summary>
    public static string HashOf(long length)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long sent = 0; sent < length; sent += Block.Length) hash.AppendData(Block, 0, (int)Math.Min(Block.Length, length - sent));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Writes the same bytes into a file.</summary>
    public static async Task WriteFileAsync(string path, long length)
    {
        await using FileStream file = File.Create(path);
        for (long sent = 0; sent < length; sent += Block.Length) await file.WriteAsync(Block.AsMemory(0, (int)Math.Min(Block.Length, length - sent)));
    }

    /// <summary>Until a first request has been read and its answer begun.</summary>
    public Task WaitForRequestAsync() => _requested.Task.WaitAsync(HostProcess.Limit);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                Peers.Enqueue(((IPEndPoint)client.Client.RemoteEndPoint!).Address);
                _ = ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (IOException)
            {
                // The client has gone.
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        List<string> head = await ReadHeadAsync(stream);
        if (head.Count == 0) return;
        string[] request = head[0].Split(' ');
        if (request[0] == "PUT")
        {
            await AnswerUploadAsync(stream, head);
            return;
        }
        long length = request[1].StartsWith("/bytes/", StringComparison.Ordinal) ? long.Parse(request[1][7..], CultureInfo.InvariantCulture) : 0;
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"));
        _requested.TrySetResult();
        for (long sent = 0; sent < length; sent += Block.Length)
            await stream.WriteAsync(Block.AsMemory(0, (int)Math.Min(Block.Length, length - sent)));
    }

    private static async Task AnswerUploadAsync(NetworkStream stream, List<string> head)
    {
        if (head.Exists(line => line.Equals("Expect: 100-continue", StringComparison.OrdinalIgnoreCase)))
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        long left = long.Parse(
            head.Find(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))![15..], CultureInfo.InvariantCulture);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        while (left > 0)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)));
            if (read == 0) return;
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
        string text = Convert.ToHexString(hash.GetHashAndReset());
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}"));
    }

    private static async Task<List<string>> ReadHeadAsync(NetworkStream stream)
    {
        List<string> lines = [];
        StringBuilder line = new();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] != '\n')
            {
                if (one[0] != '\r') line.Append((char)one[0]);
                continue;
            }
            if (line.Length == 0) return lines;
            lines.Add(line.ToString());
            line.Clear();
        }
        return lines;
    }

    private static byte[] MakeBlock()
    {
        byte[] block = new byte[1 << 20];
        new Random(7).NextBytes(block);
        return block;
    }
}
