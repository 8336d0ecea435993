using System.Net;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>The records of UDP associations: one each, and one for each destination.</summary>
public sealed class GatewayServerUdpRecordTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PortableTransport _transport = new();

    public void Dispose() => _folder.Dispose();

    [LinuxFact("127.0.0.0/8 is this host's as a whole")]
    public async Task Each_destination_has_the_address_and_port_that_it_saw()
    {
        using UdpSocket first = new(new IPEndPoint(IPAddress.Loopback, 0)), second = new(new IPEndPoint(IPAddress.Loopback, 0));
        ExitConfig wan = new DirectExitConfig { Name = "wan1", Address = IPAddress.Parse("127.0.0.3") };
        IPEndPoint seen = await RunAsync(wan, async flow =>
        {
            IPEndPoint source = await SendAsync(flow, first, 5);
            Assert.Equal(source, await SendAsync(flow, second, 7));
            await first.SendAsync(new byte[3], source, default);
            await flow.ReceiveAsync(new byte[10], default).AsTask().WaitAsync(TestTransports.Patience);
            return source;
        });
        JsonElement[] records = Records();
        Assert.Equal(3, records.Length);
        JsonElement whole = Assert.Single(records, record => Text(record, "flow") is null);
        JsonElement[] flows = [.. records.Where(record => Text(record, "flow") is not null).OrderBy(record => record.GetProperty("flow").GetInt32())];
        Assert.All(flows, record => Assert.Equal(Text(whole, "id"), Text(record, "id")));
        Assert.Equal([first.LocalEndPoint.ToString(), second.LocalEndPoint.ToString()], flows.Select(record => Text(record, "destination")));
        Assert.Equal([first.LocalEndPoint.ToString(), second.LocalEndPoint.ToString()], flows.Select(record => Text(record, "peer")));
        Assert.All(flows, record => Assert.Equal(seen.ToString(), Text(record, "source")));
        Assert.All(flows, record => Assert.Equal("wan1", Text(record, "exit")));
        Assert.All(flows, record => Assert.Equal("target", Text(record, "leads")));
        Assert.Equal(["5", "7"], flows.Select(record => Text(record, "bytes_up")));
        Assert.Equal(["3", "0"], flows.Select(record => Text(record, "bytes_down")));
        Assert.NotNull(Text(flows[0], "first_byte_ms"));
        Assert.Null(Text(flows[1], "first_byte_ms"));
        Assert.Equal(("12", "3"), (Text(whole, "bytes_up"), Text(whole, "bytes_down")));
    }

    [Fact]
    public async Task An_exit_without_an_address_is_recorded_with_the_one_that_the_system_chose()
    {
        using UdpSocket target = new(new IPEndPoint(IPAddress.Loopback, 0));
        IPEndPoint seen = await RunAsync(new DirectExitConfig { Name = "wan1" }, flow => SendAsync(flow, target, 1));
        Assert.Equal(seen.ToString(), Text(Assert.Single(Records(), record => Text(record, "flow") is not null), "source"));
    }

    [Fact]
    public async Task A_destination_that_is_refused_has_a_record_with_the_reason()
    {
        await RunAsync(new DirectExitConfig { Name = "wan1" }, async flow =>
        {
            await flow.SendAsync(Destination.FromAddress(IPAddress.Parse("192.0.2.1"), 53), new byte[1], default);
            return new IPEndPoint(0, 0);
        }, rule: "block");
        JsonElement refused = Assert.Single(Records(), record => Text(record, "flow") is not null);
        Assert.Equal("192.0.2.1:53", Text(refused, "destination"));
        Assert.Equal("NotAllowed", Text(refused, "outcome"));
        Assert.NotNull(Text(refused, "detail"));
        Assert.Null(Text(refused, "source"));
    }

    private static string? Text(JsonElement record, string name) =>
        record.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : null;

    private static async Task<IPEndPoint> SendAsync(IDatagramFlow flow, UdpSocket target, int bytes)
    {
        Assert.True(await flow.SendAsync(Destination.FromEndPoint(target.LocalEndPoint), new byte[bytes], default));
        (int length, IPEndPoint source) = await target.ReceiveAsync(new byte[100], default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(bytes, length);
        return source;
    }

    private JsonElement[] Records() =>
        [.. Directory.GetFiles(_folder.Path, "access*").SelectMany(File.ReadAllLines).Select(line => JsonDocument.Parse(line).RootElement)];

    // The client is the tunnel's own exit; the server has stopped when this returns, and written its log.
    private async Task<IPEndPoint> RunAsync(ExitConfig exit, Func<IDatagramFlow, Task<IPEndPoint>> run, string? rule = null)
    {
        GatewayConfig config = TunnelPair.ServerConfig(TunnelPair.Inbound()) with
        {
            Exits = [exit], Default = "wan1",
            Routes = rule is null ? [] : [new RouteConfig { Ports = [new(53, 53)], Exit = rule }],
            Logging = new LoggingConfig { Access = new(_folder["access.json"]) { Format = AccessFormat.Json } },
        };
        await using TestGateway server = await TestGateway.StartAsync(config);
        GatewayConfig client = TunnelPair.ClientConfig(TunnelPair.Exit(server.EndPoint) with { Name = "client" });
        await using ExitSet exits = ExitFactory.Build(
            client, _transport, new SystemNameResolver(TimeProvider.System), TimeProvider.System);
        UdpOpenResult opened = await exits.Get("client").OpenUdpAsync(new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.True(opened.Succeeded, opened.Detail);
        IPEndPoint result;
        await using (IDatagramFlow flow = opened.Flow!) result = await run(flow);
        await Wait.UntilAsync(() => server.Server.GetStatus().Sessions == 0);
        await server.DisposeAsync();
        return result;
    }
}
