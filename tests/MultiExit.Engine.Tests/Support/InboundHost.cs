using System.Collections.Concurrent;
using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>An inbound on a loopback port.</summary>
internal sealed class InboundHost : IAsyncDisposable
{
    private readonly ITransport _transport;
    private readonly ISocketListener _listener;
    private readonly IInbound _inbound;
    private readonly IDispatcher _dispatcher;
    private readonly ConcurrentBag<Task> _serving = [];
    private int _handshakes;

    public InboundHost(ITransport transport, IInbound inbound, IDispatcher dispatcher)
    {
        _transport = transport;
        _inbound = inbound;
        _dispatcher = dispatcher;
        _listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        _ = AcceptAsync();
    }

    /// <summary>The exceptions of the inbound for the connections that have ended.</summary>
    public ConcurrentQueue<Exception> Exceptions { get; } = new();

    public int Handshakes => Volatile.Read(ref _handshakes);

    public async Task<TextPeer> ConnectAsync() =>
        new(await new PortableTransport().ConnectAsync(_listener.LocalEndPoint, default, default));

    /// <summary>Waits for every connection accepted so far to end.</summary>
    public Task EndedAsync() => Task.WhenAll(_serving).WaitAsync(TestTransports.Patience);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _transport.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } socket) _serving.Add(Task.Run(() => ServeAsync(socket)));
    }

    private async Task ServeAsync(SocketStream socket)
    {
        await using InboundConnection connection = new("test", socket, socket, true, () => Interlocked.Increment(ref _handshakes));
        try
        {
            await _inbound.ServeAsync(connection, _dispatcher, CancellationToken.None);
        }
        catch (Exception exception)
        {
            Exceptions.Enqueue(exception);
        }
    }
}
