using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Clients that choose with their user names.</summary>
public sealed class GatewayServerNameTests
{
    private static readonly UserConfig Alice = new("alice", new Secret("secret"));

    [Fact]
    public async Task A_session_has_one_exit_by_every_way_in_and_another_one_may_have_another()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config());
        HashSet<string> exits = [];
        for (int session = 0; session < 16; session++)
        {
            string name = $"alice+session=s{session}";
            string exit = await ExitOfAsync(gateway, target.EndPoint, name);
            exits.Add(exit);
            Assert.Equal(exit, await ExitOfConnectAsync(gateway, target.EndPoint, name));
            await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
            (SocketStream association, byte reply) = await Socks5Associating.AssociateAsync(gateway, name);
            Assert.Equal((0, exit), (reply, Assert.Single(gateway.Server.GetSessions()).Exit));
            await association.DisposeAsync();
            await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
        }
        Assert.True(exits.Count > 1);
    }

    [Fact]
    public async Task A_client_takes_the_exit_that_it_names_and_no_other_than_its_route_allows()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config());
        Assert.Equal("b", await ExitOfAsync(gateway, target.EndPoint, "alice+exit=b"));
        Assert.Equal("c", await ExitOfAsync(gateway, target.EndPoint, "alice+country=fr+session=1"));
        Assert.Equal(2, await ReplyAsync(gateway, target.EndPoint, "alice+exit=private"));
        Assert.Equal(2, await ReplyAsync(gateway, target.EndPoint, "alice+exit=nowhere"));
        Assert.Equal(2, await ReplyAsync(gateway, target.EndPoint, "alice+country=us"));
        Assert.Equal(2, await ReplyAsync(gateway, target.EndPoint, "alice+colour=red"));
        (SocketStream association, byte reply) = await Socks5Associating.AssociateAsync(gateway, "alice+exit=nowhere");
        await association.DisposeAsync();
        Assert.Equal(2, reply);
    }

    [Theory]
    [InlineData("alice+exit=nowhere", "HTTP/1.1 403", "the proxy does not allow this destination, or not by exit=nowhere")]
    [InlineData("alice+session=", "HTTP/1.1 403", "`session` in the user name has a bad value; expected 1 to 128 visible ASCII characters")]
    [InlineData("alice+session=7", "HTTP/1.1 200", "")]
    [InlineData("malice+session=7", "HTTP/1.1 407", "this proxy asks for a user name and a password")]
    public async Task A_client_of_http_is_told_what_is_wrong_with_its_name(string name, string status, string text)
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config());
        using TextPeer client = new(await gateway.ConnectAsync());
        await client.Stream.WriteAsync(Connect(target.EndPoint, name, "close"));
        string head = await client.ReadHeadAsync();
        Assert.StartsWith(status, head, StringComparison.Ordinal);
        if (text.Length > 0) Assert.Equal(text + "\n", await client.ReadAsync(text.Length + 1));
    }

    [Fact]
    public async Task A_bad_parameter_is_no_failed_login_and_a_wrong_password_is_one_of_its_user()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config() with
        {
            Limits = new LimitsConfig { Lockout = new(2, TimeSpan.FromHours(1), TimeSpan.FromHours(1)) },
        });
        for (int i = 0; i < 3; i++) Assert.Equal(2, await ReplyAsync(gateway, target.EndPoint, "alice+colour=red"));
        Assert.Equal(0, Assert.Single(gateway.Server.GetUsers()).FailedLogins);
        await using (SocketStream wrong = await gateway.ConnectAsync())
        {
            await wrong.WriteAsync((byte[])[5, 1, 2, 1, 15, .. "alice+session=1"u8, 5, .. "wrong"u8]);
            Assert.Equal([5, 2, 1, 1], await TestTransports.ReadToEndAsync(wrong));
        }
        Assert.Equal(1, Assert.Single(gateway.Server.GetUsers()).FailedLogins);
        Assert.Empty(gateway.Server.GetLockedClients());
    }

    [Fact]
    public async Task Limits_and_rules_know_the_user_and_not_the_name_that_came()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config() with
        {
            Routes = [new RouteConfig { Users = ["alice"], Exit = "pool" }],
            Default = "block",
            Limits = new LimitsConfig { PerUser = new() { Connections = 1 } },
        });
        await using SocketStream first = await gateway.ConnectThroughAsync(target.EndPoint, "alice+session=1");
        Assert.Equal("alice", Assert.Single(gateway.Server.GetSessions()).User);
        Assert.Equal(2, await ReplyAsync(gateway, target.EndPoint, "alice+session=2"));
    }

    [Fact]
    public async Task Where_names_have_no_parameters_a_plus_is_a_part_of_the_name()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(null, Alice, new UserConfig("alice+exit=b", new Secret("secret"))));
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint, "alice+exit=b");
        Assert.Equal("alice+exit=b", Assert.Single(gateway.Server.GetSessions()).User);
    }

    [Fact]
    public async Task An_explanation_says_what_each_parameter_does()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config());
        RouteExplanation told = await ExplainAsync("alice+session=7+ttl=5m+country=de");
        Assert.Equal(("alice", RouteOutcome.Served), (told.User, told.Outcome));
        Assert.Equal(
            [
                "session=7 is the key of alice's session in pool", "ttl=5m is how long a binding of the session lasts from its last connection on",
                "country=DE leaves a, b",
            ], told.Notes);
        Assert.Equal("the client asks for country=DE", told.Exit.Members[2].Reason);
        told = await ExplainAsync("alice+exit=b");
        Assert.Equal(["exit=b leaves out all others of pool"], told.Notes);
        Assert.Equal("b", told.Path[^1]);
        told = await ExplainAsync("alice+exit=private");
        Assert.Equal(RouteOutcome.Refused, told.Outcome);
        Assert.Equal("exit=private in the user name: the rule leads to the group pool, where no exit is so", told.Reason);
        told = await ExplainAsync("alice+ttl=5m");
        Assert.Equal((RouteOutcome.Refused, "`ttl` in the user name needs a `session` there"), (told.Outcome, told.Reason));

        Task<RouteExplanation> ExplainAsync(string name) => gateway.Server.ExplainRouteAsync(
            new RouteQuery { Destination = Destination.FromEndPoint(new(IPAddress.Loopback, 443)), User = name, Client = IPAddress.Loopback });
    }

    private static GatewayConfig Config() => TestGateway.Mixed(null, Alice) with
    {
        NameParameters = new([NameParameter.Session, NameParameter.Exit, NameParameter.Country, NameParameter.Ttl]),
        Exits =
        [
            new DirectExitConfig { Name = "a", Country = "DE" }, new DirectExitConfig { Name = "b", Country = "DE" },
            new DirectExitConfig { Name = "c", Country = "FR" }, new DirectExitConfig { Name = "private" },
        ],
        Groups = [new GroupConfig { Name = "pool", Exits = ["a", "b", "c"], Strategy = GroupStrategy.Sticky, Bind = BindingUnit.Header }],
        Default = "pool",
    };

    private static async Task<string> ExitOfAsync(TestGateway gateway, IPEndPoint target, string name)
    {
        await using (await gateway.ConnectThroughAsync(target, name)) return await OnlyExitAsync(gateway);
    }

    private static async Task<string> ExitOfConnectAsync(TestGateway gateway, IPEndPoint target, string name)
    {
        using TextPeer client = new(await gateway.ConnectAsync());
        await client.Stream.WriteAsync(Connect(target, name, "keep-alive"));
        Assert.StartsWith("HTTP/1.1 200", await client.ReadHeadAsync(), StringComparison.Ordinal);
        return await OnlyExitAsync(gateway);
    }

    private static async Task<string> OnlyExitAsync(TestGateway gateway)
    {
        IReadOnlyList<SessionRecord> live = [];
        await Wait.UntilAsync(() => (live = gateway.Server.GetSessions()) is [{ Exit: not null }]);
        return live[0].Exit!;
    }

    private static byte[] Connect(IPEndPoint target, string name, string connection) => Encoding.ASCII.GetBytes(
        $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nConnection: {connection}\r\n"
        + $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(name + ":secret"))}\r\n\r\n");

    // The reply to a request for a connection, after a login that is right.
    private static async Task<byte> ReplyAsync(TestGateway gateway, IPEndPoint target, string name)
    {
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync((byte[])
        [
            5, 1, 2, 1, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), 6, .. "secret"u8, 5, 1, 0, 1, .. target.Address.GetAddressBytes(),
            (byte)(target.Port >> 8), (byte)target.Port,
        ]);
        byte[] answer = new byte[6];
        await client.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal([5, 2, 1, 0, 5], answer[..5]);
        return answer[5];
    }
}
