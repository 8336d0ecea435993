using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Control;

/// <summary>The control endpoint over a real Unix socket, byte by byte.</summary>
public sealed partial class ControlEndpointTests
{
    [UnixFact]
    public async Task It_tells_of_the_server_in_snake_case()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        string answer = await gateway.AskAsync("GET", "/server");
        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", answer, StringComparison.Ordinal);
        JsonElement server = Body(answer);
        Assert.Equal("running", server.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, server.GetProperty("config_file").ValueKind);
        Assert.Equal(gateway.Gateway.EndPoint.ToString(), server.GetProperty("listeners")[0].GetProperty("end_point").GetString());
    }

    [UnixFact]
    public async Task A_connection_serves_many_requests_also_sent_at_once()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        using TextPeer peer = await gateway.ConnectAsync();
        const string Get = "GET /users HTTP/1.1\r\nHost: localhost\r\n\r\n";
        await peer.SendByteByByteAsync(Get);
        Assert.Equal("[]\n", await peer.ReadAsync(Length(await peer.ReadHeadAsync())));
        await peer.SendAsync(Get + "HEAD /server HTTP/1.1\r\nHost: localhost\r\n\r\n" + Get);
        Assert.Equal("[]\n", await peer.ReadAsync(Length(await peer.ReadHeadAsync())));
        Assert.NotEqual(0, Length(await peer.ReadHeadAsync())); // of HEAD: announced, and not sent
        Assert.Equal("[]\n", await peer.ReadAsync(Length(await peer.ReadHeadAsync())));
        await peer.EndAsync();
        Assert.Equal("", await peer.ReadToEndAsync());
    }

    [UnixFact]
    public async Task Bodies_may_be_chunked_and_may_wait_for_a_go_ahead()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        using TextPeer peer = await gateway.ConnectAsync();
        await peer.SendAsync(
            "POST /exits/direct/weight HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n"
            + "Connection: close\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await peer.ReadHeadAsync());
        await peer.SendAsync("5\r\n{\"wei\r\n9\r\nght\": 33}\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await peer.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(33, gateway.Server.GetExits()[0].Weight);
    }

    [UnixFact]
    public async Task What_is_not_there_not_allowed_or_not_understood_is_a_json_error()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        (string Method, string Path, string Body, int Status, string Error)[] cases =
        [
            ("GET", "/", "", 404, "NotFound"),
            ("GET", "/servers", "", 404, "NotFound"),
            ("GET", "/exits/none", "", 404, "ExitNotFound"),
            ("GET", "/exits/..%2Fserver", "", 404, "ExitNotFound"),
            ("POST", "/exits/none/enable", "", 404, "ExitNotFound"),
            ("GET", "/sessions/1", "", 404, "SessionNotFound"),
            ("DELETE", "/sessions/99999999999999999999", "", 404, "SessionNotFound"),
            ("DELETE", "/exits/direct", "", 405, "MethodNotAllowed"),
            ("GET", "/stop", "", 405, "MethodNotAllowed"),
            ("POST", "/exits/direct/weight", "", 400, "InvalidRequest"),
            ("POST", "/exits/direct/weight", "{\"weight\":1001}", 400, "InvalidRequest"),
            ("POST", "/exits/direct/weight", "{\"weight\":\"2\"}", 400, "InvalidRequest"),
            ("POST", "/exits/direct/disable", "{\"cutt\":true}", 400, "InvalidRequest"),
            ("POST", "/exits/direct/disable", "null", 400, "InvalidRequest"),
            ("POST", "/exits/direct/disable", "{", 400, "InvalidRequest"),
            ("POST", "/exits/direct/probe", "{\"target\":\"gopher://x\"}", 422, "InvalidConfiguration"),
            ("POST", "/exits/direct/probe", "{\"timeout\":1e300}", 400, "InvalidRequest"),
            ("POST", "/unlock", "{\"client\":\"nobody\"}", 400, "InvalidRequest"),
            ("POST", "/stop", "{\"drain_timeout\":-1}", 400, "InvalidRequest"),
            ("POST", "/stop", "{\"drain_timeout\":86401}", 400, "InvalidRequest"),
            ("POST", "/reload", "", 409, "ServerState"),
        ];
        foreach ((string method, string path, string body, int status, string error) in cases)
        {
            string answer = await gateway.AskAsync(method, path, body);
            Assert.Equal(($"{method} {path} {body}", status, error),
                ($"{method} {path} {body}", int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture), Body(answer).GetProperty("error").GetString()));
            Assert.NotEmpty(Body(answer).GetProperty("message").GetString()!);
        }
        Assert.Equal(ServerState.Running, gateway.Server.GetStatus().State);
    }

    [UnixFact]
    public async Task Hostile_input_is_refused_and_the_endpoint_lives_on()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        (string Request, int Status)[] cases =
        [
            ("\0\0\0\0", 400),
            ("GET /server HTTP/1.1\n\n", 400),
            ("GET /server HTTP/1.1\r\n\r\n", 400),
            ("GET /server HTTP/3.0\r\nHost: x\r\n\r\n", 505),
            ("CONNECT /server HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ($"GET /{new string('a', 9000)} HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            ($"GET / HTTP/1.1\r\nHost: x\r\nX: {new string('a', 9000)}\r\n\r\n", 431),
            ($"GET / HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 100))}\r\n", 431),
            ("POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
            ("POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n", 413),
            ("POST /stop HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
            ($"POST /stop HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n12000\r\n{new string('x', 0x12000)}\r\n", 413),
        ];
        foreach ((string request, int status) in cases)
        {
            using TextPeer peer = await gateway.ConnectAsync();
            await peer.SendAsync(request);
            await peer.EndAsync();
            string answer = await peer.ReadToEndAsync();
            Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
            Assert.Equal("InvalidRequest", Body(answer).GetProperty("error").GetString());
        }
        using (TextPeer half = await gateway.ConnectAsync())
        {
            await half.SendAsync("POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{");
            await half.EndAsync();
            Assert.Equal("", await half.ReadToEndAsync());
        }
        Assert.Equal(ServerState.Running, (await gateway.Client.GetStatusAsync()).State);
    }

    [UnixFact]
    public async Task Silent_clients_are_bounded_and_leave_room_when_they_go()
    {
        ManualTimeProvider time = new();
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(options: new GatewayOptions { Time = time });
        List<TextPeer> silent = [];
        for (int i = 0; i < 32; i++) silent.Add(await gateway.ConnectAsync());
        using (TextPeer refused = await gateway.ConnectAsync())
            Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", await refused.ReadToEndAsync(), StringComparison.Ordinal);

        // Half a head has ten seconds, no head at all a minute.
        await silent[0].SendAsync("GET /ser");
        string late = "";
        Task<string> reading = silent[0].ReadToEndAsync();
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return reading.IsCompleted;
        });
        late = await reading;
        Assert.StartsWith("HTTP/1.1 408 ", late, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(2));
        foreach (TextPeer peer in silent.Skip(1)) Assert.Equal("", await peer.ReadToEndAsync());
        silent.ForEach(peer => peer.Dispose());
        await Wait.UntilAsync(async () => (await gateway.AskAsync("GET", "/users")).StartsWith("HTTP/1.1 200", StringComparison.Ordinal));
    }

    [UnixFact]
    public async Task A_configuration_is_told_without_its_secrets()
    {
        const string Yaml = """
            name: edge
            inbounds:
              - { name: a, type: mixed, listen: "127.0.0.1:0", users: { alice: { password: s3cret-1 } } }
              - { name: b, type: tunnel, listen: "127.0.0.1:0", key: s3cret-of-the-tunnel,
                  methods: [chacha20-poly1305, aes-256-gcm], tls: { self_signed: true } }
              - { name: c, type: websocket, listen: "127.0.0.1:0", users: { bob: { password: s3cret-2 } } }
              - { name: d, type: forward, listen: "127.0.0.1:0", target: "example.com:80" }
            exits:
              - { name: e, type: socks5, server: "a:1", username: u, password: s3cret-3 }
              - { name: f, type: http, server: "a:1", username: u, password: s3cret-4 }
              - { name: g, type: websocket, server: "ws://a/", username: u, password: s3cret-5, via: e }
              - { name: h, type: tunnel, server: a, key: s3cret-of-the-tunnel, pin: "sha256:0000000000000000000000000000000000000000000000000000000000000000" }
              - { name: i, type: direct, prefix: "2001:db8::/64" }
            groups: [{ name: p, strategy: port_based, exits: [e, f], port_ranges: [{ ports: "1-9", exit: e }], health: { target: "http://a/x", interval: 1h } }]
            routes: [{ networks: [10.0.0.0/8], ports: [25], exit: block }]
            dns: { doh: "https://192.0.2.1/dns-query" }
            limits: { lockout: { failures: 5, within: 1m, lasts: 5m } }
            default: p
            """;
        ConfigResult loaded = ConfigLoader.Parse(Yaml);
        Assert.Empty(loaded.Errors);
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(loaded.Config);
        string answer = await gateway.AskAsync("GET", "/config");
        Assert.DoesNotContain("s3cret", answer, StringComparison.Ordinal);
        JsonElement config = Body(answer);
        Assert.Equal("***", config.GetProperty("inbounds")[1].GetProperty("keys")[0].GetString());
        Assert.Equal("chacha20-poly1305", config.GetProperty("inbounds")[1].GetProperty("methods")[0].GetString());
        Assert.Equal("e", config.GetProperty("exits")[2].GetProperty("via").GetString());
        Assert.Equal(3600, config.GetProperty("groups")[0].GetProperty("health").GetProperty("interval").GetDouble());
    }

    private static JsonElement Body(string answer) =>
        JsonDocument.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).RootElement;

    private static int Length(string head) => int.Parse(ContentLength().Match(head).Groups["length"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("Content-Length: (?<length>[0-9]+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex ContentLength();
}
