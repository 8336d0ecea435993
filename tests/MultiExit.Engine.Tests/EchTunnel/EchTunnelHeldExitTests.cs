using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.EchTunnel;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>An exit to a deployed server for clients under a limit, on a clock that the test moves.</summary>
public sealed class EchTunnelHeldExitTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = DeployedClient.Limit;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ManualTimeProvider _time = new();
    private readonly PortableTransport _transport = new();
    private readonly DeployedServer _server = new();
    private readonly FakeHold _hold = new() { Held = true };
    private readonly ExitSet _exits;

    public EchTunnelHeldExitTests()
    {
        EchTunnelExitConfig exit = EchTunnelPair.Exit(_server.EndPoint) with { Carriers = 1, Timeout = Timeout, PingInterval = TimeSpan.FromHours(1) };
        _exits = ExitFactory.Build(new GatewayConfig { Exits = [exit] }, _transport, new FakeResolver(), _time);
    }

    private EchTunnelExit Exit => (EchTunnelExit)_exits.Get("echup");

    private DialContext Context => new() { Hold = _hold };

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Task disposing = _exits.DisposeAsync().AsTask();
        await Wait.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return disposing.IsCompleted;
        });
        await _transport.DisposeAsync();
    }

    // Otherwise clients under a limit would take the exit down for all.
    [Fact]
    public async Task A_dial_queued_behind_limited_data_is_not_the_exits_fault()
    {
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        Destination destination = Destination.FromEndPoint((IPEndPoint)target.LocalEndpoint);
        DialResult first = await Exit.DialAsync(destination, Context, default).AsTask().WaitAsync(Limit);
        await using EchTunnelStream stream = (EchTunnelStream)first.Connection!;
        using TcpClient source = await target.AcceptTcpClientAsync().WaitAsync(Limit);
        Task sending = source.GetStream().WriteAsync(new byte[EchTunnelCarrier.MaxUnread + (1 << 20)]).AsTask();
        await Wait.UntilAsync(() => stream.IsBehind);
        // The carrier waits: a session that may grow is behind for a moment too.
        await Wait.UntilAsync(() => Exit.Carriers.Any(carrier => carrier is EchTunnelClientCarrier { ReadingFor.Ticks: 0 }));
        Task<DialResult> second = Exit.DialAsync(destination, Context, default).AsTask();
        await Wait.UntilAsync(() => Claims == 2);
        _time.Advance(Timeout);
        DialResult late = await second.WaitAsync(Limit);
        Assert.Equal(DialFailure.TimedOut, late.Failure);
        Assert.Contains("raise it", late.Detail, StringComparison.Ordinal);
        await stream.DisposeAsync();
        await Record.ExceptionAsync(() => sending.WaitAsync(Limit)); // the server may close before it has taken all
        Assert.True((await Exit.DialAsync(destination, Context, default).AsTask().WaitAsync(Limit)).Succeeded);
    }

    [Fact]
    public async Task A_dial_that_a_server_does_not_answer_is_the_exits_fault()
    {
        _server.BeforeAck = _ => Task.Delay(System.Threading.Timeout.Infinite);
        Task<DialResult> dial = Exit.DialAsync(Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 9)), Context, default).AsTask();
        await Wait.UntilAsync(() => Claims == 1);
        _time.Advance(Timeout);
        Assert.Equal(DialFailure.ProxyUnreachable, (await dial.WaitAsync(Limit)).Failure);
    }

    [Fact]
    public async Task Datagrams_use_the_common_carriers()
    {
        UdpOpenResult opened = await Exit.OpenUdpAsync(Context, default).AsTask().WaitAsync(Limit);
        await using IDatagramFlow flow = opened.Flow!;
        Assert.Single(Exit.Carriers);
    }

    private int Claims => _server.Log.Count(entry => entry.Text.StartsWith("CLAIM:", StringComparison.Ordinal));
}
