using System.Net;
using System.Threading.Channels;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A server on a loopback port that does what the test says, connection by connection.</summary>
internal sealed class ScriptedOrigin : IDisposable
{
    private readonly ISocketListener _listener = new PortableTransport().Listen(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Channel<TextPeer> _accepted = Channel.CreateUnbounded<TextPeer>();
    private int _count;

    public ScriptedOrigin() => _ = AcceptAsync();

    public IPEndPoint EndPoint => _listener.LocalEndPoint;

    /// <summary>How many connections have come so far.</summary>
    public int Count => Volatile.Read(ref _count);

    public Task<TextPeer> AcceptedAsync() => _accepted.Reader.ReadAsync().AsTask().WaitAsync(TestTransports.Patience);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } socket)
        {
            Interlocked.Increment(ref _count);
            _accepted.Writer.TryWrite(new TextPeer(socket));
        }
    }
}
