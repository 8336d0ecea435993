using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Preflight;
using MultiExit.Engine.Preflight.Checks;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Preflight;

/// <summary>Who has a port.</summary>
public sealed class PortHoldersTests : IDisposable
{
    private const string Head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private readonly MadeUpHost _host = new();

    public PortHoldersTests() => _host
        .With("proc/net/tcp", Head
            + "   0: 0100007F:0438 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n"
            + "   1: 0100007F:0439 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0\n")
        .With("proc/net/tcp6", Head
            + "   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 "
            + "0 0 4713 1 0 100 0 0 10 0\n")
        .With("proc/net/udp", Head
            + "   0: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4714 2 0 0\n")
        .With("proc/812/comm", "nginx\n").WithLink("proc/812/fd/3", "socket:[4713]").WithLink("proc/812/fd/4", "/dev/null")
        .With("proc/77/comm", "multiexit\n").WithLink("proc/77/fd/9", "socket:[4711]")
        .With("proc/53/comm", "named\n").WithLink("proc/53/fd/12", "socket:[4714]");

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("127.0.0.1:1080", false, "multiexit (process 77)")]
    [InlineData("0.0.0.0:1080", false, "multiexit (process 77)")]
    [InlineData("127.0.0.2:1080", false, null)]
    [InlineData("192.0.2.1:443", false, "nginx (process 812)")]
    [InlineData("[::1]:443", false, "nginx (process 812)")]
    [InlineData("127.0.0.1:1081", false, null)] // a connection, which does not hold it
    [InlineData("127.0.0.1:53", true, "named (process 53)")]
    [InlineData("127.0.0.1:53", false, null)]
    public void The_process_is_found_by_its_socket(string endPoint, bool isUdp, string? holder) =>
        Assert.Equal(holder, PortHolders.Find(_host.Files, IPEndPoint.Parse(endPoint), isUdp)?.ToString());

    [Fact]
    public void A_table_of_nonsense_finds_nobody()
    {
        using MadeUpHost host = new();
        host.With("proc/net/tcp", Head + "0: zz:0438 0:0 0A\n:::\n\n 0: 0100007F:0438 00000000:0000 0A\n").With("proc/x/comm", "x");
        Assert.Null(PortHolders.Find(host.Files, IPEndPoint.Parse("127.0.0.1:1080"), isUdp: false));
    }

    [LinuxFact("/proc")]
    public async Task A_port_that_this_process_has_is_told_as_such_and_a_free_one_is_free()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        PreflightResult held = await CheckAsync((IPEndPoint)taken.LocalEndpoint, SystemFiles.OfHost);
        Assert.Equal(PreflightStatus.Warning, held.Status);
        Assert.Contains($"(process {Environment.ProcessId}) has the port", held.Detail, StringComparison.Ordinal);
        PreflightResult unknown = await CheckAsync((IPEndPoint)taken.LocalEndpoint, _host.Files);
        Assert.Equal((PreflightStatus.Error, true), (unknown.Status, unknown.Detail.Contains("may not see which", StringComparison.Ordinal)));
        PreflightResult free = await CheckAsync(new IPEndPoint(IPAddress.Loopback, 0), _host.Files);
        Assert.Equal(PreflightStatus.Ok, free.Status);
        PreflightResult elsewhere = await CheckAsync(IPEndPoint.Parse("203.0.113.9:0"), _host.Files);
        Assert.Equal(PreflightStatus.Error, elsewhere.Status);
    }

    [Fact]
    public async Task A_running_server_has_its_own_ports()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        PreflightResult result = Assert.Single(await _host.LookAsync(new PortCheck(), ConfigOf((IPEndPoint)taken.LocalEndpoint), isRunning: true));
        Assert.Equal(PreflightStatus.Ok, result.Status);
    }

    private async Task<PreflightResult> CheckAsync(IPEndPoint endPoint, SystemFiles files)
    {
        await using ITransport transport = Transports.Create(TransportKind.Portable);
        PreflightContext context = _host.Context(ConfigOf(endPoint), transport) with { Files = files };
        return Assert.Single(await new PortCheck().LookAsync(context, TestContext.Current.CancellationToken));
    }

    private static GatewayConfig ConfigOf(IPEndPoint endPoint) => new() { Inbounds = [new HttpInboundConfig { Name = "web", Listen = endPoint }] };
}
