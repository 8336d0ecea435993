using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Lightsocks;

/// <summary>The server of Lightsocks, whose clients turn each octet by hand.</summary>
public sealed class LightsocksInboundTests
{
    private static readonly UserConfig Alice = new("alice", new Secret("secret"));

    [Fact]
    public async Task A_request_in_single_bytes_is_served_and_what_stands_behind_it_goes_to_the_target()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config());
        TestClient client = new(await gateway.ConnectAsync());
        await client.SendByteByByteAsync(NextOctet.Sent("050100" + Connect(target.EndPoint.Port)));
        Assert.Equal("050005000001", NextOctet.Restored(await client.ReadAsync(6)));
        await client.ReadAsync(6);
        await client.SendAsync(NextOctet.Sent("00FF7F"));
        Assert.Equal("00FF7F", NextOctet.Restored(await client.ReadAsync(3)));
        SessionRecord session = Assert.Single(gateway.Server.GetSessions());
        Assert.Equal("lightsocks", session.Protocol);
    }

    [Fact]
    public async Task Failures_are_told_as_SOCKS5_tells_them()
    {
        using ClosedPort closed = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config());
        TestClient refused = new(await gateway.ConnectAsync());
        await refused.SendAsync(NextOctet.Sent("050100" + Connect(closed.Port)));
        Assert.Equal("0500" + "05050001000000000000", NextOctet.Restored(await refused.ReadToEndAsync()));
        TestClient datagrams = new(await gateway.ConnectAsync());
        await datagrams.SendAsync(NextOctet.Sent("050100" + "05030001000000000000"));
        Assert.Equal("0500" + "05070001000000000000", NextOctet.Restored(await datagrams.ReadToEndAsync()));
    }

    [Fact]
    public async Task Users_log_in_inside()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(Alice));
        TestClient client = new(await gateway.ConnectAsync());
        await client.SendAsync(NextOctet.Sent("050102" + "0105616C69636506736563726574" + Connect(target.EndPoint.Port)));
        Assert.Equal("0502" + "0100" + "0500", NextOctet.Restored(await client.ReadAsync(6)));
        TestClient nobody = new(await gateway.ConnectAsync());
        await nobody.SendAsync(NextOctet.Sent("050100"));
        Assert.Equal("05FF", NextOctet.Restored(await nobody.ReadToEndAsync()));
    }

    [Theory]
    [InlineData("050100")] // not turned: another password
    [InlineData("474554202F")]
    public async Task Whoever_has_another_password_gets_no_answer(string octets)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config());
        TestClient client = new(await gateway.ConnectAsync());
        await client.SendAsync(octets);
        Assert.Equal("", await client.ReadToEndOrResetAsync());
    }

    [Fact]
    public async Task Both_sides_are_warned_of_at_the_start_and_without_a_secret()
    {
        GatewayConfig config = Config() with
        {
            Exits =
            [
                new LightsocksExitConfig
                {
                    Name = "far", Server = Destination.FromAddress(IPAddress.Loopback, 1), Password = new Secret(NextOctet.Password),
                },
            ],
        };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        ServerWarning[] warnings = [.. gateway.Server.GetStatus().Warnings.Where(warning => warning.Id == "MX1112")];
        Assert.Equal(["inbound near", "exit far"], warnings.Select(warning => warning.Message.Split(':')[0]));
        Assert.All(warnings, warning => Assert.Contains("protects nothing", warning.Message, StringComparison.Ordinal));
        Assert.All(warnings, warning => Assert.DoesNotContain(NextOctet.Password[..20], warning.Message, StringComparison.Ordinal));
    }

    private static GatewayConfig Config(params UserConfig[] users) => new()
    {
        Inbounds =
        [
            new LightsocksInboundConfig
            {
                Name = "near", Listen = new IPEndPoint(IPAddress.Loopback, 0), Password = new Secret(NextOctet.Password), Users = users,
            },
        ],
    };

    private static string Connect(int port) => $"050100017F000001{port:X4}";
}
