using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Listening;

/// <summary>Failures that no listener expects, as .NET's socket engine throws them.</summary>
public sealed class AcceptFaultTests : IDisposable
{
    private readonly MemoryLog _memory = new();
    private readonly EngineLog _log;
    private int _accepts;

    public AcceptFaultTests() => _log = new EngineLog(LogFactory.Create(new LoggingConfig(), console: false, _memory));

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task An_endpoint_for_operators_answers_behind_failures_of_the_system_and_says_them_once()
    {
        DuplexPair pair = new();
        EndpointServer server = new(() => Next(pair.Right), new Greeting(), new EndpointLimits(), "the control socket", _log, TimeProvider.System);
        server.Start();
        await pair.Left.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
        using StreamReader reader = new(pair.Left, Encoding.ASCII);
        string answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TestTransports.Patience);
        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
        await server.CloseAsync().WaitAsync(TestTransports.Patience);
        Told("the control socket");
    }

    [Fact]
    public async Task A_failure_behind_a_connection_is_said_again()
    {
        int told = 0;
        SteadyAccept<string> accept = new(
            () => ++_accepts switch { 1 or 2 or 4 => throw Fault(), 3 => new("a"), _ => new((string?)null) }, _ => told++);
        Assert.Equal("a", await accept.NextAsync());
        Assert.Equal(1, told);
        Assert.Null(await accept.NextAsync());
        Assert.Equal(2, told);
    }

    [Fact]
    public async Task The_port_of_an_inbound_goes_on_accepting()
    {
        using StreamListener listener = new(new StreamPort(Socks.Listen), new FaultySocket(Next<SocketStream>), Runtime(), Parts());
        await listener.RunAsync().WaitAsync(TestTransports.Patience);
        Told("inbound proxy on 127.0.0.1:1");
    }

    [Fact]
    public async Task The_port_of_an_inbound_goes_on_receiving()
    {
        using FaultyUdpSocket socket = new(Next<SocketStream>);
        using DatagramListener listener = new(new DatagramPort(Socks.Listen), socket, Runtime(), Parts());
        await listener.RunAsync().WaitAsync(TestTransports.Patience);
        Told($"inbound proxy on {socket.LocalEndPoint}");
    }

    private static Socks5InboundConfig Socks => new() { Name = "proxy", Listen = new IPEndPoint(IPAddress.Loopback, 0) };

    private static InvalidOperationException Fault() => new("EEXIST");

    // Two failures, then what was given, then the end.
    private ValueTask<T?> Next<T>(T? then)
        where T : class => Interlocked.Increment(ref _accepts) switch { 1 or 2 => throw Fault(), 3 => new(then), _ => new((T?)null) };

    private ValueTask<T?> Next<T>()
        where T : class => Next<T>(null);

    private void Told(string what)
    {
        LogEntry entry = Assert.Single(_memory.Read(new LogQuery()));
        Assert.Equal("MX1087", entry.Id);
        Assert.Contains($"{what} cannot take what comes to it, and tries again: EEXIST", entry.Message, StringComparison.Ordinal);
    }

    private static InboundRuntime Runtime() => new(Socks, null!, [], null, null!, new LimitsConfig());

    private ListenerParts Parts() => new(new FakeTransport(), null!, null!, null!, null!, _log, TimeProvider.System);

    private sealed class Greeting : IEndpointRoutes
    {
        public int MaxBody(ControlRequest request) => 0;

        public Task<ControlAnswer> AnswerAsync(ControlRequest request) => Task.FromResult(ControlAnswer.Fail(404, "NotFound", "there is nothing"));
    }

    private sealed class FaultySocket(Func<ValueTask<SocketStream?>> accept) : ISocketListener
    {
        public IPEndPoint LocalEndPoint { get; } = new(IPAddress.Loopback, 1);

        public SafeHandle Handle => throw new NotSupportedException();

        public bool IsPaused
        {
            set => throw new NotSupportedException();
        }

        public ValueTask<SocketStream?> AcceptAsync() => accept();

        public void Dispose()
        {
        }
    }

    private sealed class FaultyUdpSocket(Func<ValueTask<SocketStream?>> accept) : UdpSocket(new IPEndPoint(IPAddress.Loopback, 0))
    {
        public override async ValueTask<(int Length, IPEndPoint Source, IPEndPoint? Destination)> ReceiveSentAsync(
            Memory<byte> buffer, CancellationToken cancellationToken)
        {
            await accept();
            throw new ObjectDisposedException(nameof(UdpSocket));
        }
    }
}
