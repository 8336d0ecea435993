using System.Net;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>A server whose users a service of the test knows: all have the password <c>secret</c>.</summary>
public sealed class GatewayServerBackEndTests : IAsyncDisposable
{
    private readonly EchoTarget _target = new();
    private readonly Dictionary<string, string> _answers = new() { ["alice"] = "\"groups\":[\"ops\"]" };
    private readonly HttpLoginService _service;
    private TestGateway? _gateway;

    public GatewayServerBackEndTests() => _service = new HttpLoginService(Answer);

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        _service.Dispose();
        await _target.DisposeAsync();
    }

    [Fact]
    public async Task A_user_of_the_back_end_is_one_as_others()
    {
        _answers["alice"] = "\"user\":\"ally\",\"groups\":[\"ops\"],\"limits\":{\"connections\":1},\"exit\":\"second\"";
        await StartAsync();
        using SocketStream client = await _gateway!.ConnectThroughAsync(_target.EndPoint, "alice");
        SessionRecord session = Assert.Single(_gateway.Server.GetSessions());
        Assert.Equal(("ally", "password:http", "second"), (session.User, session.Login, session.Exit));
        UserStatus user = Assert.Single(_gateway.Server.GetUsers(), user => user.Name == "ally");
        Assert.Equal(("http", 1), (user.BackEnd, user.Sessions));
        Assert.Equal(["ops"], user.Groups);
        Assert.Equal(["password:http"], user.Credentials);
        Assert.Equal(["proxy"], user.Inbounds);
        Assert.NotNull(user.LastLogin);
        // Its one connection.
        Assert.Equal(2, (await RequestAsync("alice", "secret")).Reply);
        Assert.Single(_service.Requests);
    }

    [Fact]
    public async Task Users_of_one_name_at_two_back_ends_have_limits_of_their_own()
    {
        _answers["alice"] = "\"limits\":{\"connections\":5}";
        using HttpLoginService other = new(_ => """{"allow":true,"limits":{"connections":1}}""");
        await StartAsync(config => config with
        {
            Inbounds =
            [
                config.Inbounds[0],
                new MixedInboundConfig
                {
                    Name = "other", Listen = new IPEndPoint(IPAddress.Loopback, 0), Auth = Auth(other.Url) with { Name = "other.auth" },
                    PrivateDestinationsAllowed = true,
                },
            ],
        });
        using SocketStream client = await _gateway!.ConnectThroughAsync(_target.EndPoint, "alice");
        // Her one connection there is not that of the other one here, nor is five here what she has there.
        Assert.Equal((0, 0), await RequestAsync("alice", "secret", _gateway.Server.GetStatus().Listeners[1].EndPoint));
        Assert.Equal((0, 0), await RequestAsync("alice", "secret"));
        Assert.Equal(3, Assert.Single(_gateway.Server.GetUsers(), user => user.Name == "alice").TotalSessions);
    }

    [Fact]
    public async Task What_a_client_chooses_behind_its_name_is_not_asked_about()
    {
        await StartAsync(config => config with { NameParameters = new([NameParameter.Session, NameParameter.Exit]) });
        using SocketStream client = await _gateway!.ConnectThroughAsync(_target.EndPoint, "alice+session=7");
        SessionRecord session = Assert.Single(_gateway.Server.GetSessions());
        Assert.Equal(("alice", "password:http", true), (session.User, session.Login, session.SessionKey is not null));
        Assert.Equal((0, 2), await RequestAsync("alice+exit=nowhere", "secret"));
        Assert.Equal(1, (await RequestAsync("alice+session=7", "wrong")).Auth);
    }

    [Fact]
    public async Task A_rule_comes_before_the_exit_that_the_back_end_names()
    {
        _answers["alice"] = "\"groups\":[\"ops\"],\"exit\":\"second\"";
        _answers["bob"] = "\"exit\":\"block\"";
        await StartAsync(config => config with { Routes = [new RouteConfig { Groups = ["ops"], Exit = "third" }] });
        using SocketStream client = await _gateway!.ConnectThroughAsync(_target.EndPoint, "alice");
        Assert.Equal("third", Assert.Single(_gateway.Server.GetSessions()).Exit);
        Assert.Equal(2, (await RequestAsync("bob", "secret")).Reply);
    }

    [Fact]
    public async Task Users_of_the_configuration_are_never_asked_about_and_nobody_else_speaks_for_them()
    {
        _answers["mallory"] = "\"user\":\"local\"";
        _answers["elsewhere"] = "";
        await StartAsync(config => config with { Users = [.. config.Users, new UserConfig("elsewhere", new Secret("another"))] });
        Assert.Equal((0, 0), await RequestAsync("local", "secret"));
        Assert.Equal(1, (await RequestAsync("local", "wrong")).Auth);
        // A user of the table that is none of this inbound.
        Assert.Equal(1, (await RequestAsync("elsewhere", "secret")).Auth);
        Assert.Empty(_service.Requests);
        Assert.Equal(1, (await RequestAsync("mallory", "secret")).Auth);
        Assert.Contains("the user local is one of the configuration", NotJudged(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_does_not_fit_lets_nobody_in_and_is_no_failed_login()
    {
        _answers["lost"] = "\"exit\":\"ninth\"";
        _answers["rich"] = "\"limits\":{\"quota\":\"1GB\"}";
        await StartAsync();
        Assert.Equal(1, (await RequestAsync("lost", "secret")).Auth);
        Assert.Contains("there is no exit or group ninth", NotJudged(), StringComparison.Ordinal);
        Assert.Equal(1, (await RequestAsync("rich", "secret")).Auth);
        Assert.Contains("a quota needs `limits.usage_file`", NotJudged(), StringComparison.Ordinal);
        Assert.Equal(0, _gateway!.Server.GetStatus().FailedLogins);
        Assert.Null(Warning());
        Assert.Equal((0, 0), await RequestAsync("alice", "secret"));
    }

    [Fact]
    public async Task Wrong_passwords_lock_a_client_out_and_an_outage_does_not()
    {
        await StartAsync(config => config with
        {
            Limits = new LimitsConfig { Lockout = new LockoutConfig(3, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)) },
        });
        _service.Dispose();
        for (int i = 0; i < 5; i++) Assert.Equal(1, (await RequestAsync("alice", $"{i}")).Auth);
        Assert.Empty(_gateway!.Server.GetLockedClients());
        Assert.Equal(0, _gateway.Server.GetStatus().FailedLogins);
        string[] log = Messages();
        Assert.Single(log, line => line.Contains("MX3011", StringComparison.Ordinal));
        Assert.Contains(log, line => line.StartsWith("MX3013 inbound proxy: 127.0.0.1:", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", string.Concat(log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Denials_of_the_back_end_lock_a_client_out()
    {
        await StartAsync(config => config with
        {
            Limits = new LimitsConfig { Lockout = new LockoutConfig(3, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)) },
        });
        for (int i = 0; i < 3; i++)
        {
            try
            {
                await RequestAsync("alice", $"{i}");
            }
            catch (IOException)
            {
                // The last one loses its connection.
            }
        }
        Assert.Single(_gateway!.Server.GetLockedClients());
        Assert.Equal(3, _gateway.Server.GetStatus().FailedLogins);
    }

    [Fact]
    public async Task A_flood_at_a_dead_back_end_holds_up_neither_local_users_nor_other_inbounds()
    {
        TaskCompletionSource over = new();
        using HttpLoginService dead = new((_, _) => over.Task);
        await StartAsync(config => config with
        {
            Inbounds =
            [
                config.Inbounds[0] with { Auth = Auth(dead.Url, TimeSpan.FromMinutes(1)) },
                new MixedInboundConfig
                {
                    Name = "other", Listen = new IPEndPoint(IPAddress.Loopback, 0), Auth = Auth(_service.Url) with { Name = "other.auth" },
                },
            ],
        });
        Task<(int, int)>[] flood = [.. Enumerable.Range(0, 60).Select(i => RequestAsync("alice", $"flood {i}"))];
        await Wait.UntilAsync(() => dead.Requests.Count == 32);
        Assert.Equal((0, 0), await RequestAsync("local", "secret"));
        Assert.Equal((0, 0), await RequestAsync("alice", "secret", _gateway!.Server.GetStatus().Listeners[1].EndPoint));
        Assert.Equal(32, dead.Requests.Count);
        over.SetResult();
        foreach (Task<(int Auth, int)> login in flood) Assert.Equal(1, (await login).Item1);
    }

    [Fact]
    public async Task A_later_denial_ends_the_sessions_that_came_in_by_that_credential_alone()
    {
        _answers["bob"] = "";
        HttpAuthConfig auth = Auth(_service.Url) with { Cache = TimeSpan.Zero };
        await StartAsync(config => config with { Inbounds = [config.Inbounds[0] with { Auth = auth }] });
        using SocketStream alice = await _gateway!.ConnectThroughAsync(_target.EndPoint, "alice");
        using SocketStream bob = await _gateway.ConnectThroughAsync(_target.EndPoint, "bob");
        // Somebody guesses: nobody is cut off for that.
        Assert.Equal(1, (await RequestAsync("alice", "guess")).Auth);
        Assert.Equal(2, _gateway.Server.GetSessions().Count);
        lock (_answers) _answers.Remove("alice");
        Assert.Equal(1, (await RequestAsync("alice", "secret")).Auth);
        await Wait.UntilAsync(() => _gateway.Server.GetSessions().Count == 1);
        Assert.Equal("bob", _gateway.Server.GetSessions()[0].User);
        const string Told = "MX1083 user alice is not let in by the back-end any more; sessions cut: 1";
        Assert.Contains(Messages(), line => line.Contains(Told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reload_keeps_the_answers_of_a_back_end_that_did_not_change()
    {
        await StartAsync();
        Assert.Equal((0, 0), await RequestAsync("alice", "secret"));
        await _gateway!.Server.ReloadAsync(_gateway.Server.Config with { Default = "second" });
        Assert.Equal((0, 0), await RequestAsync("alice", "secret"));
        Assert.Single(_service.Requests);
        GatewayConfig config = _gateway.Server.Config;
        HttpAuthConfig other = Auth(_service.Url) with { Timeout = TimeSpan.FromSeconds(4) };
        await _gateway.Server.ReloadAsync(config with { Inbounds = [config.Inbounds[0] with { Auth = other }] });
        Assert.Equal((0, 0), await RequestAsync("alice", "secret"));
        Assert.Equal(2, _service.Requests.Count);
    }

    [Fact]
    public async Task An_exit_that_a_reload_takes_away_is_not_replaced_by_another_one()
    {
        _answers["alice"] = "\"exit\":\"second\"";
        await StartAsync();
        Assert.Equal((0, 0), await RequestAsync("alice", "secret"));
        await _gateway!.Server.ReloadAsync(_gateway.Server.Config with { Exits = [] });
        Assert.Equal((0, 2), await RequestAsync("alice", "secret"));
    }

    [Fact]
    public async Task Over_HTTP_an_outage_is_503_and_a_denial_407()
    {
        await StartAsync();
        Assert.StartsWith("HTTP/1.1 407 ", await HttpAsync("alice:wrong"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await HttpAsync("alice:secret"), StringComparison.Ordinal);
        _service.Dispose();
        Assert.StartsWith("HTTP/1.1 503 ", await HttpAsync("bob:secret"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_asks_nobody_and_says_what_is_known()
    {
        _answers["alice"] = "\"groups\":[\"ops\"],\"exit\":\"second\"";
        await StartAsync(config => config with { Routes = [new RouteConfig { Groups = ["guests"], Exit = "block" }] });
        RouteExplanation before = await ExplainAsync("alice");
        Assert.Equal(RouteOutcome.Undecided, before.Outcome);
        Assert.Contains(before.Notes, note => note.EndsWith("whether it is let in, and its groups, limits and exit, are not known", StringComparison.Ordinal));
        Assert.Empty(_service.Requests);
        await RequestAsync("alice", "secret");
        RouteExplanation after = await ExplainAsync("alice");
        Assert.Equal((RouteOutcome.Served, "second"), (after.Outcome, after.Exit.Name));
        Assert.Equal(["password:http"], after.UserKnownBy);
        Assert.Equal(["ops"], after.UserGroups);
        const string Note = "what counts here is the answer of then: where no rule matches, the exit second";
        Assert.Contains(after.Notes, note => note.Contains(Note, StringComparison.Ordinal));
        Assert.Single(_service.Requests);
        Assert.Equal(RouteOutcome.Refused, (await ExplainAsync("elsewhere")).Outcome);
    }

    [Fact]
    public async Task What_is_asked_is_measured()
    {
        await StartAsync();
        await RequestAsync("alice", "secret");
        await RequestAsync("alice", "wrong");
        _service.Dispose();
        await RequestAsync("bob", "secret");
        // The client has its answer before it is counted.
        await Wait.UntilAsync(() => _gateway!.Server.GetMetrics().Any(metric => metric.Name == "multiexit.client.refused"));
        IReadOnlyList<MetricStatus> metrics = _gateway!.Server.GetMetrics();
        MetricStatus asked = metrics.Single(metric => metric.Name == "multiexit.auth.duration");
        Assert.Equal(["allowed 1", "denied 1", "outage 1"],
            asked.Points.Select(point => $"{point.Labels["outcome"]} {point.Count}").Order(StringComparer.Ordinal));
        Assert.Equal(0, Assert.Single(metrics.Single(metric => metric.Name == "multiexit.auth.up").Points).Value);
        Assert.Equal(1, metrics.Single(metric => metric.Name == "multiexit.client.refused").Points.Single(point => point.Labels["reason"] == "back-end").Value);
    }

    private static HttpAuthConfig Auth(string url, TimeSpan? timeout = null) =>
        new() { Url = new Secret(url), Name = "proxy.auth", Timeout = timeout ?? TimeSpan.FromSeconds(30) };

    private async Task StartAsync(Func<GatewayConfig, GatewayConfig>? change = null)
    {
        GatewayConfig config = TestGateway.Mixed(null, new UserConfig("local", new Secret("secret"))) with
        {
            Users = [new UserConfig("elsewhere", new Secret("another"))],
            Exits = [new DirectExitConfig { Name = "second" }, new DirectExitConfig { Name = "third" }],
        };
        config = config with { Inbounds = [config.Inbounds[0] with { Auth = Auth(_service.Url), PrivateDestinationsAllowed = true }] };
        _gateway = await TestGateway.StartAsync(change?.Invoke(config) ?? config);
    }

    private string Answer(string body)
    {
        using JsonDocument question = JsonDocument.Parse(body);
        bool right = question.RootElement.GetProperty("password").GetString() == "secret";
        string name = question.RootElement.GetProperty("user").GetString()!;
        lock (_answers)
        {
            return right && _answers.TryGetValue(name, out string? rest) ? $"{{\"allow\":true{(rest.Length == 0 ? "" : ",")}{rest}}}" : "{\"allow\":false}";
        }
    }

    // The answer to the login, and then to a request.
    private async Task<(int Auth, int Reply)> RequestAsync(string user, string password, IPEndPoint? endPoint = null)
    {
        using SocketStream client = await _gateway!.ConnectAsync(endPoint);
        byte[] name = Encoding.UTF8.GetBytes(user), secret = Encoding.UTF8.GetBytes(password);
        await client.WriteAsync((byte[])[5, 1, 2, 1, (byte)name.Length, .. name, (byte)secret.Length, .. secret]);
        byte[] reply = new byte[4];
        await client.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        if (reply[3] != 0) return (reply[3], -1);
        await client.WriteAsync((byte[])[5, 1, 0, 1, 127, 0, 0, 1, (byte)(_target.EndPoint.Port >> 8), (byte)_target.EndPoint.Port]);
        await client.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        return (0, reply[1]);
    }

    private async Task<string> HttpAsync(string login)
    {
        using TextPeer client = new(await _gateway!.ConnectAsync());
        await client.SendAsync($"CONNECT {_target.EndPoint} HTTP/1.1\r\nHost: {_target.EndPoint}\r\n"
            + $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(login))}\r\n\r\n");
        return await client.ReadHeadAsync();
    }

    private Task<RouteExplanation> ExplainAsync(string user)
    {
        Destination destination = Destination.FromAddress(IPAddress.Parse("192.0.2.9"), 443);
        return _gateway!.Server.ExplainRouteAsync(new RouteQuery { Destination = destination, User = user, Client = IPAddress.Loopback });
    }

    private string? Warning() => _gateway!.Server.GetWarnings().FirstOrDefault(warning => warning.Id == "MX3011")?.Message;

    private string? NotJudged() => Messages().LastOrDefault(line => line.StartsWith("MX1124 inbound proxy: 127.0.0.1:", StringComparison.Ordinal));

    private string[] Messages() => [.. _gateway!.Server.GetLog(new LogQuery()).Select(entry => $"{entry.Id} {entry.Message}")];
}
