using System.Net;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.Support;

/// <summary>A target that sends as much as is taken from it.</summary>
internal sealed class FloodServer : IDisposable
{
    private static readonly byte[] Block = new byte[64 * 1024];
    // The kernel itself takes some megabytes a connection before it stalls.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private long _sent;

    public FloodServer()
    {
        _listener.Start(4096);
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Waits until no more bytes are taken from it.</summary>
    public async Task StallAsync()
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(100));
        using CancellationTokenSource limit = new(Patience);
        long last = -1;
        for (int same = 0; same < 10;)
        {
            await poll.WaitForNextTickAsync(limit.Token);
            long now = Volatile.Read(ref _sent);
            same = now == last ? same + 1 : 0;
            last = now;
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = SendAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task SendAsync(Socket client)
    {
        using (client)
        {
            client.SendBufferSize = Block.Length;
            try
            {
                while (true) Interlocked.Add(ref _sent, await client.SendAsync(Block));
            }
            catch (SocketException)
            {
                // The client has gone.
            }
        }
    }
}
