using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MultiExit.Engine.Tests.Routing.RuleSets;

/// <summary>An HTTP server on loopback with one list, which it counts the requests for.</summary>
internal sealed class ListServer : IDisposable
{
    private readonly TcpListener _listener = new(OwnEndPoints.Next());

    public ListServer(string text = "")
    {
        Text = text;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Url => new($"http://{_listener.LocalEndpoint}/list.txt?token=secret");

    /// <summary>What the list has.</summary>
    public string Text { get; set; }

    /// <summary>The status line's code and reason.</summary>
    public string Status { get; set; } = "200 OK";

    /// <summary>The tag of the list; null: it has none.</summary>
    public string? Tag { get; set; }

    /// <summary>A length to claim instead of the real one.</summary>
    public long? Claims { get; set; }

    /// <summary>Whether it answers at all.</summary>
    public bool Hangs { get; set; }

    /// <summary>Whether it stops in the middle of its answer.</summary>
    public bool Stalls { get; set; }

    /// <summary>Where it sends its clients to; null: nowhere.</summary>
    public string? Location { get; set; }

    /// <summary>The requests so far.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            byte[] buffer = new byte[8192];
            int length = 0;
            while (!Encoding.ASCII.GetString(buffer, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length));
                if (read == 0) return;
                length += read;
            }
            string request = Encoding.ASCII.GetString(buffer, 0, length);
            Requests.Enqueue(request);
            if (Hangs) await Task.Delay(Timeout.Infinite);
            byte[] body = Encoding.UTF8.GetBytes(Text);
            bool same = Tag is not null && request.Contains($"If-None-Match: {Tag}", StringComparison.OrdinalIgnoreCase);
            string head = same ? "HTTP/1.1 304 Not Modified\r\n" : $"HTTP/1.1 {Status}\r\nContent-Length: {Claims ?? body.Length}\r\n";
            if (Location is { } location) head += $"Location: {location}\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}{(Tag is null ? "" : $"ETag: {Tag}\r\n")}Connection: close\r\n\r\n"));
            if (Stalls)
            {
                await stream.WriteAsync(body.AsMemory(0, 1));
                await Task.Delay(Timeout.Infinite);
            }
            if (!same) await stream.WriteAsync(body);
        }
    }
}
