using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Dashboard;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Dashboard;

/// <summary>Who comes in, and for how long.</summary>
public sealed class DashboardLoginTests
{
    private const string Olga = "{\"name\":\"olga\",\"password\":\"op\"}";
    private const string Wrong = "{\"name\":\"olga\",\"password\":\"guess\"}";

    [Fact]
    public async Task A_login_gives_a_cookie_that_scripts_and_other_sites_do_not_get()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        string answer = await host.AskAsync("POST /login", body: Olga);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Matches(new Regex($"\r\nSet-Cookie: multiexit_{host.EndPoint.Port}=[A-Za-z0-9_-]{{43}}; Path=/; HttpOnly; SameSite=Strict\r\n",
            RegexOptions.None, TimeSpan.FromSeconds(1)), answer);
        Assert.Contains("\"role\": \"operator\"", answer, StringComparison.Ordinal);
        string again = await host.AskAsync("POST /login", body: Olga);
        Assert.NotEqual(DashboardHost.CookieOf(answer), DashboardHost.CookieOf(again));
        Assert.Contains("\"user\": \"olga\"", await host.AskAsync("GET /session", DashboardHost.CookieOf(answer)), StringComparison.Ordinal);
        Assert.Contains("olga logged in as operator", Assert.Single(host.Logged("MX1097").Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_comes_in_by_login_and_as_a_bearer()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        string cookie = DashboardHost.CookieOf(await host.AskAsync("POST /login", body: "{\"token\":\"our-token\"}"));
        Assert.Contains("\"state\": \"running\"", await host.AskAsync("GET /api/server", cookie), StringComparison.Ordinal);
        Assert.Contains("\"state\": \"running\"", await host.AskAsync("GET /api/server", DashboardHost.Bearer), StringComparison.Ordinal);
        string refused = await host.AskAsync("GET /api/server", "Authorization: Bearer guess\r\n");
        Assert.StartsWith("HTTP/1.1 401 ", refused, StringComparison.Ordinal);
        Assert.Contains("\r\nWWW-Authenticate: Bearer\r\n", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"name\":\"olga\",\"password\":\"rd\"}", 401)]
    [InlineData("{\"name\":\"nobody\",\"password\":\"op\"}", 401)]
    [InlineData("{\"token\":\"op\"}", 401)]
    [InlineData("{\"name\":\"token\",\"password\":\"our-token\"}", 401)]
    [InlineData("{\"token\":\"our-token\",\"name\":\"olga\"}", 401)]
    [InlineData("{\"name\":\"olga\"}", 401)]
    [InlineData("{}", 401)]
    [InlineData("", 401)]
    [InlineData("{\"user\":\"olga\"}", 400)]
    [InlineData("null", 400)]
    [InlineData("[", 400)]
    public async Task A_wrong_login_gives_no_cookie(string body, int status)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        string answer = await host.AskAsync("POST /login", body: body);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hana", "hashed", 200)]
    [InlineData("hana", "op", 401)]
    [InlineData("olga", "op", 200)]
    [InlineData("olga", "hashed", 401)]
    [InlineData("nobody", "hashed", 401)]
    public async Task A_password_may_be_known_by_its_hash(string name, string password, int status)
    {
        await using DashboardHost host = await DashboardHost.StartAsync(Hashed("hashed"));
        string answer = await host.AskAsync("POST /login", body: $"{{\"name\":\"{name}\",\"password\":\"{password}\"}}");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_once_the_hash_is_another_one()
    {
        DashboardConfig config = Hashed("hashed");
        await using DashboardHost host = await DashboardHost.StartAsync(config);
        string cookie = DashboardHost.CookieOf(await host.AskAsync("POST /login", body: "{\"name\":\"hana\",\"password\":\"hashed\"}"));
        await host.ReloadAsync(config with { Hosts = [] });
        Assert.StartsWith("HTTP/1.1 200 ", await host.AskAsync("GET /api/server", cookie), StringComparison.Ordinal);
        await host.ReloadAsync(Hashed("another"));
        Assert.StartsWith("HTTP/1.1 401 ", await host.AskAsync("GET /api/server", cookie), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Cookie: multiexit=x\r\n")]
    [InlineData("Cookie: =\r\n")]
    [InlineData("Authorization: Basic b2xnYTpvcA==\r\n")]
    public async Task Without_a_session_there_is_only_the_page(string field)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        foreach (string line in new[]
        {
            "GET /api/server", "HEAD /api/server", "GET /api/events?status=1s", "POST /api/stop", "DELETE /api/sessions/1", "GET /api", "GET /api/x",
        })
            Assert.StartsWith("HTTP/1.1 401 ", await host.AskAsync(line, field + DashboardHost.Mark), StringComparison.Ordinal);
        Assert.Contains("\"user\": null", await host.AskAsync("GET /session", field), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await host.AskAsync("GET /", field), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logging_out_ends_the_session_and_what_is_streamed_to_it()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        string cookie = await host.LogInAsync("rita", "rd");
        using TextPeer events = new(await DashboardHost.ConnectAsync(host.EndPoint));
        await events.SendAsync($"GET /api/events?status=500ms HTTP/1.1\r\nHost: localhost\r\n{cookie}\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await events.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await host.AskAsync("POST /logout", cookie), StringComparison.Ordinal);
        string answer = await host.AskAsync("POST /logout", cookie + DashboardHost.Mark);
        Assert.StartsWith("HTTP/1.1 204 ", answer, StringComparison.Ordinal);
        Assert.Contains("; Max-Age=0; Path=/; HttpOnly; SameSite=Strict", answer, StringComparison.Ordinal);
        await events.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 401 ", await host.AskAsync("GET /api/server", cookie), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_token_ends_what_is_streamed_to_whoever_came_by_the_one_before()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using TextPeer events = new(await DashboardHost.ConnectAsync(host.EndPoint));
        await events.SendAsync($"GET /api/events?status=500ms HTTP/1.1\r\nHost: localhost\r\n{DashboardHost.Bearer}\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await events.ReadHeadAsync(), StringComparison.Ordinal);
        await host.ReloadAsync(DashboardHost.Config with { Token = new Secret("another") });
        await events.ReadToEndAsync();
    }

    [Fact]
    public async Task A_client_that_guesses_has_to_wait_even_with_the_right_password()
    {
        ManualTimeProvider time = new();
        await using DashboardHost host = await DashboardHost.StartAsync(time: time);
        string cookie = await host.LogInAsync("olga", "op");
        for (int i = 0; i < LoginGate.AtOnce; i++)
            Assert.StartsWith("HTTP/1.1 401 ", await host.AskAsync("POST /login", body: Wrong), StringComparison.Ordinal);
        foreach ((string line, string fields, string body) in new[] { ("POST /login", "", Olga), ("GET /api/server", DashboardHost.Bearer, "") })
        {
            string answer = await host.AskAsync(line, fields, body);
            Assert.StartsWith("HTTP/1.1 429 ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: 30\r\n", answer, StringComparison.Ordinal);
        }
        // Who is in stays in.
        Assert.StartsWith("HTTP/1.1 200 ", await host.AskAsync("GET /api/server", cookie), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.StartsWith("HTTP/1.1 200 ", await host.AskAsync("POST /login", body: Olga), StringComparison.Ordinal);
        Assert.Equal(LoginGate.AtOnce, host.Logged("MX2010").Length);
        Assert.All(host.Logged("MX2010"), line => Assert.Contains("client=127.0.0.1 inbound=dashboard user=olga", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_lockout_of_the_server_holds_for_the_dashboard_too()
    {
        GatewayConfig config = DashboardHost.With(DashboardHost.Config);
        config = config with { Limits = config.Limits with { Lockout = new LockoutConfig(2, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)) } };
        await using DashboardHost host = await DashboardHost.StartAsync();
        await host.Server.ApplyAsync(ControlledGateway.Read(config));
        for (int i = 0; i < 2; i++) await host.AskAsync("POST /login", body: Wrong);
        Assert.StartsWith("HTTP/1.1 429 ", await host.AskAsync("POST /login", body: Olga), StringComparison.Ordinal);
        Assert.Single(host.Server.Gateway.GetLockedClients());
    }

    [Fact]
    public async Task A_session_ends_when_its_user_or_password_is_no_longer_configured()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        string olga = await host.LogInAsync("olga", "op"), rita = await host.LogInAsync("rita", "rd");
        await host.ReloadAsync(DashboardHost.Config with
        {
            Users = [new("olga", new Secret("another"), DashboardRole.Operator), new("rita", new Secret("rd"), DashboardRole.Operator)],
        });
        Assert.StartsWith("HTTP/1.1 401 ", await host.AskAsync("GET /api/server", olga), StringComparison.Ordinal);
        Assert.Contains("\"role\": \"operator\"", await host.AskAsync("GET /session", rita), StringComparison.Ordinal);
        await host.ReloadAsync(DashboardHost.Config with { Users = [] });
        Assert.StartsWith("HTTP/1.1 401 ", await host.AskAsync("GET /api/server", rita), StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_lives_for_twelve_hours_and_for_one_without_a_request()
    {
        ManualTimeProvider time = new();
        DashboardSessions sessions = new(time);
        DashboardVisitor visitor = new("olga", DashboardRole.Operator, new Secret("op"));
        string used = sessions.Begin(visitor), idle = sessions.Begin(visitor);
        for (TimeSpan passed = TimeSpan.Zero; passed < DashboardSessions.Life; passed += TimeSpan.FromMinutes(45))
        {
            Assert.Same(visitor, sessions.Find(used));
            Assert.Equal(passed < DashboardSessions.Idle ? 2 : 1, sessions.Count);
            time.Advance(TimeSpan.FromMinutes(45));
        }
        Assert.Null(sessions.Find(used));
        Assert.Null(sessions.Find(idle));
        Assert.Equal(0, sessions.Count);
    }

    [Fact]
    public void Sessions_have_a_bound_and_the_one_longest_idle_gives_way()
    {
        ManualTimeProvider time = new();
        DashboardSessions sessions = new(time);
        DashboardVisitor visitor = new("olga", DashboardRole.Operator, new Secret("op"));
        string first = sessions.Begin(visitor), second = sessions.Begin(visitor);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(sessions.Find(first));
        for (int i = 2; i <= DashboardSessions.Most; i++) sessions.Begin(visitor);
        Assert.Equal(DashboardSessions.Most, sessions.Count);
        Assert.NotNull(sessions.Find(first));
        Assert.Null(sessions.Find(second));
    }

    [Fact]
    public void Failures_of_one_client_do_not_keep_another_one_out()
    {
        ManualTimeProvider time = new();
        LoginGate gate = new(time);
        IPAddress guesser = IPAddress.Parse("2001:db8::1"), neighbour = IPAddress.Parse("2001:db8::2");
        for (int i = 0; i < LoginGate.AtOnce; i++)
        {
            Assert.Equal(TimeSpan.Zero, gate.WaitOf(neighbour));
            gate.Failed(guesser);
        }
        Assert.Equal(TimeSpan.FromSeconds(30), gate.WaitOf(neighbour)); // the same /64
        Assert.Equal(TimeSpan.Zero, gate.WaitOf(IPAddress.Parse("2001:db8:0:1::1")));
        for (int i = 0; i < 5000; i++) gate.Failed(new IPAddress(0x0a000000 + i));
        Assert.Equal(TimeSpan.FromSeconds(30), gate.WaitOf(guesser));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(TimeSpan.Zero, gate.WaitOf(guesser));
    }

    private static DashboardConfig Hashed(string password) => DashboardHost.Config with
    {
        Users = [.. DashboardHost.Config.Users, new("hana", null, DashboardRole.Reader, PasswordHash.Create(
            Encoding.UTF8.GetBytes(password), new HashSettings(PasswordAlgorithm.Argon2id) { Memory = 64 }))],
    };
}
