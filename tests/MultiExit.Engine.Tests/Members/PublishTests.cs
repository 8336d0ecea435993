using System.Net;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Members;

/// <summary>Exits that are published into a group of a running server, over real sockets.</summary>
public sealed class PublishTests : IAsyncLifetime
{
    private readonly EchoTarget _target = new();
    private readonly ManualTimeProvider _time = new();
    private TestGateway _upstream = null!;
    private TestGateway _gateway = null!;

    private GatewayServer Server => _gateway.Server;

    public async ValueTask InitializeAsync()
    {
        _upstream = await TestGateway.StartAsync(TestGateway.Mixed());
        _gateway = await TestGateway.StartAsync(Config(), new GatewayOptions { Time = _time });
    }

    [Fact]
    public async Task Connections_leave_by_a_published_exit_until_it_expires_and_then_by_the_others()
    {
        Publish("up", Up("\"expires\": \"10m\""));
        Assert.Equal(1, await SentUpAsync());
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(2, await SentUpAsync());
        _time.Advance(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(() => Server.GetMembers().Count == 0);
        Assert.Equal(2, await SentUpAsync());
    }

    [Fact]
    public async Task Published_again_it_lasts_longer_and_is_the_same_exit()
    {
        ExitStatus first = Publish("up", Up("\"expires\": 600"));
        _time.Advance(TimeSpan.FromMinutes(9));
        await SentUpAsync();
        ExitStatus again = Publish("up", Up("\"expires\": 1200"));
        Assert.Equal((first.Since, first.Expires + TimeSpan.FromMinutes(19), 1L), (again.Since, again.Expires, again.Dials));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(2, await SentUpAsync());
    }

    [Fact]
    public async Task A_session_goes_on_when_its_exit_is_swapped_and_when_it_is_unpublished()
    {
        Server.SetExitEnabled("one", enabled: false);
        Publish("up", Up());
        await using SocketStream live = await _gateway.ConnectThroughAsync(_target.EndPoint);
        await using TestGateway other = await TestGateway.StartAsync(TestGateway.Mixed());
        Publish("up", $$"""{ "server": "socks5://{{other.EndPoint}}" }""");
        await using SocketStream swapped = await _gateway.ConnectThroughAsync(_target.EndPoint);
        Assert.Equal(1, other.Server.GetStatus().Sessions);
        await EchoesAsync(live);
        Assert.True(Server.UnpublishExit("pool", "up"));
        Assert.False(Server.UnpublishExit("pool", "up"));
        await EchoesAsync(live);
        await EchoesAsync(swapped);
        Assert.Equal(["up", "up"], Server.GetSessions().Select(session => session.Exit));
    }

    [Fact]
    public async Task It_stays_over_a_reload_and_goes_with_the_permission()
    {
        Publish("up", Up("\"expires\": \"10m\""));
        await SentUpAsync();
        ExitStatus before = Server.GetMembers("pool").Single();
        await Server.ReloadAsync(Config() with { Limits = new() { Connections = 99 } });
        ExitStatus after = Server.GetMembers("pool").Single();
        Assert.Equal((before.Since, before.Expires, before.Dials), (after.Since, after.Expires, after.Dials));
        Assert.Equal(2, await SentUpAsync());
        GatewayConfig closed = Config() with { Groups = [Config().Groups[0] with { Publish = null }, Config().Groups[1]] };
        await Server.ReloadAsync(closed);
        Assert.Empty(Server.GetMembers());
        Assert.Contains("up: the group takes no published exits any more", Server.GetLog(new() { Ids = ["MX1123"] }).Single().Message,
            StringComparison.Ordinal);
        Assert.Equal(2, await SentUpAsync());
    }

    [Fact]
    public async Task A_reload_that_gives_its_name_to_another_exit_ends_it()
    {
        Publish("up", Up());
        await Server.ReloadAsync(Config() with { Exits = [.. Config().Exits, new DirectExitConfig { Name = "up" }] });
        Assert.Empty(Server.GetMembers());
        Assert.Contains("the name up is that of an exit or group of the configuration", Server.GetLog(new() { Ids = ["MX1123"] }).Single().Message,
            StringComparison.Ordinal);
        Assert.Equal("direct", Server.GetExits().Single(exit => exit.Name == "up").Type);
    }

    [Fact]
    public void Its_name_is_made_of_its_server_where_none_is_given()
    {
        Assert.Equal("192.0.2.1:1080", Publish(null, """{ "server": "socks5://192.0.2.1:1080" }""").Name);
        Assert.Equal("2001:db8::1:443", Publish(null, """{ "server": "https://[2001:db8::1]" }""").Name);
        string alice = Publish(null, """{ "server": "socks5://alice:pw1@192.0.2.1:1080" }""").Name;
        Assert.StartsWith("192.0.2.1:1080-", alice, StringComparison.Ordinal);
        Assert.Equal(alice, Publish(null, """{ "server": "socks5://alice:pw2@192.0.2.1:1080" }""").Name);
        Assert.NotEqual(alice, Publish(null, """{ "server": "socks5://bob:pw1@192.0.2.1:1080" }""").Name);
        Assert.Equal("mine", Publish(null, """{ "name": "mine", "type": "direct" }""").Name);
        Assert.Equal(5, Server.GetGroups()[0].Published);
    }

    [Fact]
    public void It_may_be_written_with_the_keys_of_an_exit()
    {
        ExitStatus exit = Publish("hub", """{ "type": "http", "server": "proxy.example:3128", "username": "u", "password": "p", "weight": 7 }""");
        Assert.Equal(("http", 7, "pool", MemberOrigin.Published), (exit.Type, exit.Weight, exit.MemberOf, exit.Origin!.Value));
        exit = Publish("hub", """{ "server": "http://u:p@proxy.example:3128?weight=9", "tls": {} }""");
        Assert.Equal(("http", 9), (exit.Type, exit.Weight));
        Assert.Single(Server.GetMembers());
    }

    [Theory]
    [InlineData("{ \"server\": \"socks5://u:s3cret@h:1\", \"colour\": \"red\" }", "unknown key")]
    [InlineData("{ \"server\": \"socks5://u:s3cret@h:1\", \"weight\": 0 }", "from 1 to 1000")]
    [InlineData("{ \"server\": \"socks5://u:s3cret@h:1\", \"password\": \"s3cret\" }", "holds a password already")]
    [InlineData("{ \"server\": \"gopher://u:s3cret@h:1\" }", "unknown scheme")]
    [InlineData("{ \"server\": \"h:1:u:s3cret\" }", "expected a URL such as")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"name\": \"other\" }", "the name is given already")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"health\": {} }", "a member has the health check of its group")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"expires\": \"soon\" }", "seconds, or a text such as")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"expires\": 0 }", "it expires before it is published")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"expires\": -5 }", "it expires before it is published")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"expires\": \"2h\" }", "lets no published exit last longer than 1h")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"expires\": 1e300 }", "seconds, or a text such as")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"via\": \"nobody\" }", "there is no exit or group named nobody")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"via\": \"pool\" }", "pool leads to group pool, whose members come and go")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"via\": \"outer\" }", "outer leads to group pool, whose members come and go")]
    [InlineData("{ \"type\": \"http\", \"server\": \"h:1\", \"username\": \"u\", \"password\": { \"file\": \"/etc/passwd\" } }", "refers to no file")]
    [InlineData("{ \"type\": \"http\", \"server\": \"h:1\", \"username\": \"u\", \"password\": { \"env\": \"HOME\" } }", "refers to no file")]
    [InlineData("{ \"type\": \"http\", \"server\": \"h:1\", \"username\": \"u\", \"password\": { \"credential\": \"x\" } }", "refers to no file")]
    [InlineData("{ \"server\": \"https://h:1?ca=/etc/passwd\" }", "refers to no file")]
    [InlineData("{ \"type\": \"http\", \"server\": \"h:1\", \"tls\": { \"ca\": { \"credential\": \"x\" } } }", "refers to no file")]
    [InlineData("{ \"type\": \"direct\", \"gateway\": \"192.0.2.1\" }", "policy routing is set up from the configuration")]
    [InlineData("{ \"type\": \"direct\", \"addresses\": [\"127.0.0.2\"] }", "a pool of addresses is a group of its own")]
    [InlineData("{ \"type\": \"direct\", \"limits\": { \"connections\": 1 } }", "an exit with limits stands there")]
    [InlineData("{ \"type\": \"direct\", \"on_down\": \"cut\" }", "stands in the configuration")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"server\": \"socks5://h:2\" }", "duplicate key")]
    [InlineData("[1]", "expected a JSON object")]
    [InlineData("null", "expected a JSON object")]
    [InlineData("{}", "missing")]
    public void What_is_not_valid_is_refused_with_its_reason_and_without_a_secret(string body, string reason)
    {
        ProxyException refused = Assert.Throws<ProxyException>(() => Publish("up", body));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.ToString(), StringComparison.Ordinal);
        Assert.Empty(Server.GetMembers());
    }

    [Fact]
    public void A_name_that_is_none_is_one_fault()
    {
        ProxyException refused = Assert.Throws<ProxyException>(() => Publish("a b", Up()));
        Assert.Single(refused.Message.Split('\n'), line => line.Contains("expected a name", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pool", "one", "the name one is that of an exit or group of the configuration")]
    [InlineData("pool", "outer", "the name outer is that of an exit or group of the configuration")]
    [InlineData("outer", "up", "group outer takes no published exits; write `publish: true` there")]
    [InlineData("nobody", "up", "there is no group named nobody")]
    public void A_group_that_does_not_take_it_says_why(string group, string name, string reason)
    {
        ProxyException refused = Assert.Throws<ProxyException>(() => Server.PublishExit(group, name, Json("""{ "server": "socks5://h:1" }""")));
        Assert.Equal(ProxyError.MemberRefused, refused.Reason);
        Assert.StartsWith(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_of_addresses_is_not_told_to_say_what_it_cannot()
    {
        DirectExitConfig pool = new() { Name = "wan", Addresses = [new PoolSource(IPNetwork.Parse("127.0.7.1/32"))] };
        await Server.ReloadAsync(Config() with { Exits = [.. Config().Exits, pool] });
        ProxyException refused = Assert.Throws<ProxyException>(() => Server.PublishExit("wan", "up", Json("""{ "server": "socks5://h:1" }""")));
        Assert.StartsWith("wan is an exit with a pool of addresses, which takes no published exits", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("publish: true", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_takes_no_more_than_it_says()
    {
        for (int i = 0; i < 5; i++) Publish(null, $$"""{ "server": "socks5://192.0.2.{{i}}:1080" }""");
        ProxyException full = Assert.Throws<ProxyException>(() => Publish("up", Up()));
        Assert.Contains("has 5 published members already", full.Message, StringComparison.Ordinal);
        // Those that are there may still be renewed and swapped.
        Publish("192.0.2.1:1080", """{ "server": "socks5://192.0.2.1:1081" }""");
        Server.UnpublishExit("pool", "192.0.2.0:1080");
        Publish("up", Up());
        Assert.Equal(5, Server.GetGroups()[0].Published);
    }

    [Fact]
    public async Task An_operator_may_disable_it_give_it_a_weight_and_probe_it()
    {
        Publish("up", Up());
        Assert.True((await Server.ProbeExitAsync("up", $"tcp://{_target.EndPoint}")).Succeeded);
        int upstream = (int)_upstream.Server.GetStatus().TotalSessions;
        Server.SetExitEnabled("up", enabled: false);
        Assert.Equal(upstream, await SentUpAsync());
        Assert.False(Server.GetMembers().Single().Enabled);
        Server.SetExitEnabled("up", enabled: true);
        Server.SetExitWeight("up", 9);
        Assert.Equal(9, Server.GetMembers().Single().Weight);
        Assert.Equal(upstream + 1, await SentUpAsync());
    }

    [Fact]
    public async Task An_explanation_says_that_it_is_published_and_until_when()
    {
        Publish("up", Up("\"expires\": \"10m\""));
        // It is its turn after the other one.
        await using SocketStream one = await _gateway.ConnectThroughAsync(_target.EndPoint);
        RouteExplanation told = await Server.ExplainRouteAsync(new RouteQuery
        {
            Destination = Destination.FromEndPoint(_target.EndPoint), Client = IPAddress.Loopback,
        });
        ExitExplanation up = told.Exit.Members[0].Exit!.Members.Single(member => member.Name == "up").Exit!;
        Assert.Equal((MemberOrigin.Published, _time.GetUtcNow() + TimeSpan.FromMinutes(10)), (up.Origin!.Value, up.Expires));
        Assert.Contains(told.Explanation, line => line.Contains("socks5, published until 2030-01-01 00:10:00 UTC", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_count_it_by_its_group()
    {
        Publish("up", Up());
        await SentUpAsync();
        Publish("dead", """{ "server": "socks5://127.0.0.1:1" }""");
        Server.UnpublishExit("pool", "up");
        for (int i = 0; i < 2; i++)
        {
            // The dead one fails, and another member is not tried; nor does anything listen on port 1.
            await using SocketStream client = await _gateway.ConnectAsync();
            await client.WriteAsync((byte[])[5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 1]);
            await client.ReadExactlyAsync(new byte[12]);
        }
        await Wait.UntilAsync(() => Server.GetStatus().Sessions == 0);
        string[] exits = [.. Server.GetMetrics().SelectMany(metric => metric.Points).Select(point => point.Labels.GetValueOrDefault("exit"))
            .OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Assert.Equal(["block", "direct", "one", "outer", "pool"], exits);
        Assert.Equal([("configured", 1.0), ("published", 1), ("list", 0)], Server.GetMetrics().Single(metric => metric.Name == "multiexit.group.member").Points
            .Where(point => point.Labels["group"] == "pool").Select(point => (point.Labels["origin"], point.Value)));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
        await _target.DisposeAsync();
    }

    private static GatewayConfig Config() => TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "one" }],
        Groups =
        [
            new GroupConfig
            {
                Name = "pool", Exits = ["one"], Publish = new PublishConfig { Max = 5, Expires = TimeSpan.FromHours(1) },
            },
            new GroupConfig { Name = "outer", Exits = ["pool"] },
        ],
        Default = "outer",
    };

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    private string Up(string more = "") => $$"""{ "server": "socks5://{{_upstream.EndPoint}}"{{(more.Length > 0 ? ", " + more : "")}} }""";

    private ExitStatus Publish(string? name, string body) => Server.PublishExit("pool", name, Json(body));

    // Connects until each member had a turn; how many sessions the upstream server has had.
    private async Task<long> SentUpAsync()
    {
        for (int i = 0; i < 2; i++)
        {
            await using SocketStream client = await _gateway.ConnectThroughAsync(_target.EndPoint);
            await EchoesAsync(client);
        }
        return _upstream.Server.GetStatus().TotalSessions;
    }

    private static async Task EchoesAsync(SocketStream client)
    {
        byte[] buffer = new byte[4];
        await client.WriteAsync("ping"u8.ToArray());
        await client.ReadExactlyAsync(buffer).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal("ping"u8.ToArray(), buffer);
    }
}
