using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MultiExit.Host.Tests.Support;

/// <summary>A place on the way: passes connections on to a target and keeps every byte of them.</summary>
internal sealed class WireTap : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly MemoryStream _tape = new();
    private readonly IPEndPoint _target;
    private int _connections;

    public WireTap(string target)
    {
        _target = IPEndPoint.Parse(target);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections have come so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Whether a text passed by in the clear.</summary>
    public bool Saw(string text)
    {
        lock (_tape) return _tape.GetBuffer().AsSpan(0, (int)_tape.Length).IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient near = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                _ = PassAsync(near);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using TcpClient far = new() { NoDelay = true };
        using (near)
        {
            near.NoDelay = true;
            try
            {
                await far.ConnectAsync(_target);
                await Task.WhenAll(CopyAsync(near.Client, far.Client), CopyAsync(far.Client, near.Client));
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // One end has reset the connection.
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
        {
            lock (_tape) _tape.Write(buffer, 0, read);
            await to.SendAsync(buffer.AsMemory(0, read));
        }
        to.Shutdown(SocketShutdown.Send);
    }
}
