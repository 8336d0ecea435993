using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests;

/// <summary>Rules that ask for the groups of a user, in a running server.</summary>
public sealed class GatewayServerGroupTests
{
    private const string Document = """
        users:
          alice: { password: a1, groups: [ops] }
          bob: { password: b1 }
        inbounds: [{ name: in, type: http, listen: "127.0.0.1:0", users: all }]
        routes: [{ groups: [ops], exit: direct }]
        default: block
        """;

    [Theory]
    [InlineData("alice", "a1", "200")]
    [InlineData("bob", "b1", "403")]
    public async Task A_rule_sends_the_users_of_a_group(string user, string password, string status)
    {
        await using EchoTarget target = new();
        GatewayConfig config = ConfigAssert.Valid(Document);
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        using TextPeer client = new(await gateway.ConnectAsync());
        string login = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}"));
        await client.SendAsync($"CONNECT {target.EndPoint} HTTP/1.1\r\nHost: {target.EndPoint}\r\nProxy-Authorization: Basic {login}\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice", RouteOutcome.Served)]
    [InlineData("bob", RouteOutcome.Refused)]
    public async Task An_explanation_follows_the_groups(string user, RouteOutcome outcome)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(ConfigAssert.Valid(Document));
        RouteExplanation route = await gateway.Server.ExplainRouteAsync(new RouteQuery
        {
            Destination = Destination.FromEndPoint(IPEndPoint.Parse("45.0.2.1:443")), User = user, Client = IPAddress.Loopback,
        });
        Assert.Equal(outcome, route.Outcome);
    }
}
