using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Matrix;

/// <summary>socks5-websocket-proxy's files, run: its structures filled in and nothing else. And the faults of its deployed programs.</summary>
public sealed class Socks5WebSocketProxyTests
{
    [Theory]
    [InlineData("websocket", "ws://{0}/", "socks5", "tcp://{0}/")]
    [InlineData("websocket", "ws://{0}/", "websocket", "ws://{0}/")]
    [InlineData("socks5", "tcp://{0}/", "websocket", "{0}")]
    [InlineData("socks5", "{0}", "socks5", "socks5://{0}")]
    public async Task A_client_reaches_its_target_through_a_server_and_its_upstream(string protocol, string address, string upstream, string upstreamAddress)
    {
        await using MatrixTarget target = new();
        await using TestGateway far = await StartAsync(Server(upstream, "\"enable_upstream\": false"));
        await using TestGateway near = await StartAsync(Server(protocol, $$"""
            "enable_upstream": true,
            "upstream_config": [
              {
                "type": "{{upstream}}", "proxy_address": "{{Fill(upstreamAddress, far)}}", "proxy_username": "user", "proxy_password": "user-password",
                "timeout": 10000000000, "retry_count": 3
              }
            ]
            """));
        await using TestGateway client = await StartAsync($$"""
            {
              "username": "user", "password": "user-password", "server_addr": "{{Fill(address, near)}}", "protocol": "{{protocol}}",
              "timeout": 30000000000
            }
            """);
        await MatrixData.ExchangeAsync(await client.ConnectThroughAsync(new IPEndPoint(IPAddress.Loopback, target.Port)), 1);
        Assert.Equal(1, far.Server.GetStatus().TotalSessions);
    }

    [Fact]
    public async Task The_time_out_is_not_the_lifetime_of_a_session()
    {
        ManualTimeProvider time = new();
        await using EchoTarget target = new();
        await using TestGateway far = await StartAsync(Server("websocket", "\"enable_upstream\": false"));
        GatewayConfig config = ConfigAssert.Valid(Server("socks5", $$"""
            "enable_upstream": true,
            "upstream_config": [{ "type": "websocket", "proxy_address": "ws://{{far.EndPoint}}/", "proxy_username": "user",
              "proxy_password": "user-password", "timeout": 5000000000 }]
            """));
        Assert.Equal(TimeSpan.FromSeconds(30), config.Limits.HandshakeTimeout);
        config = config with { Inbounds = [((Socks5InboundConfig)config.Inbounds[0]) with { Users = [] }] };
        await using TestGateway near = await TestGateway.StartAsync(config, new GatewayOptions { Time = time });
        await using SocketStream client = await near.ConnectThroughAsync(target.EndPoint);
        byte[] data = new byte[100];
        for (int seconds = 0; seconds < 300; seconds += 10)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await client.WriteAsync(data);
            await client.ReadExactlyAsync(data).AsTask().WaitAsync(TestTransports.Patience);
        }
    }

    [Fact]
    public async Task A_failing_upstream_holds_nobody_up()
    {
        await using EchoTarget target = new();
        using ClosedPort closed = new();
        string failing = $$"""
            { "type": "socks5", "proxy_address": "{{closed.EndPoint}}" },
            { "type": "websocket", "proxy_address": "ws://{{closed.EndPoint}}/", "timeout": "5s", "retry_count": 1 }
            """;
        await using TestGateway near = await StartAsync(Server("socks5", $$"""
            "enable_upstream": true, "upstream_config": [{{failing}}, { "type": "direct" }]
            """));
        await using TestGateway hopeless = await StartAsync(Server("socks5", $"\"enable_upstream\": true, \"upstream_config\": [{failing}]"));
        string[] served = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync(near)));
        Assert.All(served, reply => Assert.Equal("00", reply));
        string[] refused = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync(hopeless)));
        Assert.All(refused, reply => Assert.Equal("01", reply));
        Assert.Equal("00", await AskAsync(near));

        Task<string> AskAsync(TestGateway gateway) =>
            FirstClient.AskAsync("socks5", gateway.EndPoint, "user", "user-password", target.EndPoint.Port).WaitAsync(TestTransports.Patience);
    }

    private static string Server(string protocol, string upstreams) => $$"""
        {
          "listen_addr": "127.0.0.1:0",
          "auth_users": { "user": "user-password" },
          "protocol": "{{protocol}}",
          "timeout": 30000000000,
          {{upstreams}}
        }
        """;

    private static string Fill(string address, TestGateway server) => address.Replace("{0}", server.EndPoint.ToString(), StringComparison.Ordinal);

    // The dialect's client always listens on port 1080.
    private static Task<TestGateway> StartAsync(string text)
    {
        GatewayConfig config = ConfigAssert.Valid(text);
        return TestGateway.StartAsync(config with
        {
            Inbounds = [.. config.Inbounds.Select(inbound => inbound with { Listen = new IPEndPoint(IPAddress.Loopback, 0) })],
        });
    }
}
