using System.Net;
using System.Net.Sockets;

namespace MultiExit.Benchmarks.Allocations;

/// <summary>A target that gives back what it gets, one connection after the other, and allocates next to nothing beside its sockets.</summary>
internal sealed class SyncEcho : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[64 * 1024];

    public SyncEcho()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Run) { IsBackground = true, Name = "echo" }.Start();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    private void Run()
    {
        try
        {
            while (true)
            {
                using Socket socket = _listener.Accept();
                socket.NoDelay = true;
                int read;
                while ((read = socket.Receive(_buffer)) > 0) socket.Send(_buffer, read, SocketFlags.None);
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }
}
