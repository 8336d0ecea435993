using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Inbounds.Socks4;
using MultiExit.Engine.Inbounds.Socks5;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.Socks5;

/// <summary>The SOCKS5 inbound on a loopback port, in front of a fake dispatcher.</summary>
internal sealed class Socks5Harness : IAsyncDisposable
{
    private readonly ITransport _transport;
    private readonly ISocketListener _listener;
    private readonly Socks5Inbound _inbound;
    private readonly Channel<Exception?> _ends = Channel.CreateUnbounded<Exception?>();
    private readonly ConcurrentBag<DuplexStream> _clients = [];
    private int _handshakes;

    public Socks5Harness(Socks5Options? options = null, params UserConfig[] users) : this(TransportKind.Portable, options, users) { }

    public Socks5Harness(TransportKind kind, Socks5Options? options = null, params UserConfig[] users) : this(kind, IPAddress.Loopback, options, users) { }

    /// <param name="kind">The transport.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="options">What it offers.</param>
    /// <param name="users">Who may come in; nobody for everybody.</param>
    public Socks5Harness(TransportKind kind, IPAddress address, Socks5Options? options, params UserConfig[] users)
    {
        _transport = Transports.Create(kind);
        options ??= new Socks5Options();
        UsersInForce known = new(new UserDirectory(users, TimeProvider.System, names: new NameParametersConfig([NameParameter.Session])));
        EngineLog log = new(LogFactory.Create(new LoggingConfig(), console: false, Lines));
        _inbound = new Socks5Inbound(options, known, _transport, Time, new UdpAdmission(new UdpQuota(), Counters, log), log)
        {
            Socks4 = options.Socks4 ? new Socks4Inbound(known, Time) : null,
        };
        _listener = _transport.Listen(new IPEndPoint(address, 0));
        _ = AcceptAsync();
    }

    public ManualTimeProvider Time { get; } = new();

    /// <summary>The lines of the log.</summary>
    public MemoryLog Lines { get; } = new();

    public ServerCounters Counters { get; } = new();

    public FakeDispatcher Dispatcher { get; } = new();

    public IPEndPoint EndPoint => _listener.LocalEndPoint;

    /// <summary>How many connections have completed their request.</summary>
    public int HandshakesCompleted => Volatile.Read(ref _handshakes);

    public async Task<TestClient> ConnectAsync(string? hexToSend = null)
    {
        SocketStream stream = await _transport.ConnectAsync(EndPoint, default, CancellationToken.None);
        _clients.Add(stream);
        TestClient client = new(stream);
        if (hexToSend is not null) await client.SendAsync(hexToSend);
        return client;
    }

    /// <summary>Waits for the next connection to be served to its end, and gives the exception it ended with.</summary>
    public Task<Exception?> EndAsync() => _ends.Reader.ReadAsync().AsTask().WaitAsync(TestTransports.Patience);

    public async ValueTask DisposeAsync()
    {
        foreach (DuplexStream client in _clients) await client.DisposeAsync();
        _listener.Dispose();
        await _transport.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } socket) _ = ServeAsync(socket);
    }

    private async Task ServeAsync(SocketStream socket)
    {
        Exception? end = null;
        await using (InboundConnection connection = new("test", socket, socket, true, () => Interlocked.Increment(ref _handshakes)))
        {
            try
            {
                await _inbound.ServeAsync(connection, Dispatcher, CancellationToken.None);
            }
            catch (Exception exception)
            {
                end = exception;
            }
        }
        _ends.Writer.TryWrite(end);
    }
}
