using System.Net;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Routing.RuleSets;

/// <summary>Rule sets of a running server: where they come from, what happens when they cannot be had, and restarts.</summary>
public sealed class GatewayServerRuleSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ListServer _list = new("a.example\n10.0.0.0/8\n");

    [Fact]
    public async Task A_set_of_a_url_decides_and_is_told_with_its_line()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        RouteExplanation told = await ExplainAsync(gateway, "a.example:443");
        Assert.Equal("block", told.Exit.Name);
        Assert.Equal("sets: partners, line 1: a.example", told.Rule!.Reason);
        Assert.Contains("  rule 1 (sets: partners -> block) matches - sets: partners, line 1: a.example", told.Explanation);
        Assert.Equal("sets: partners, line 2, has 10.9.9.9", (await ExplainAsync(gateway, "10.9.9.9:1")).Rule!.Reason);
        told = await ExplainAsync(gateway, "11.9.9.9:1");
        Assert.Equal("direct", told.Exit.Name);
        Assert.Equal("sets: 11.9.9.9 is in none", told.Rules[0].Reason);
        told = await ExplainAsync(gateway, "b.example:1");
        Assert.Equal("sets: the addresses of b.example are not known; resolve it to know", told.Rules[0].Reason);
        RuleSetStatus set = Assert.Single(gateway.Server.GetRuleSets());
        Assert.Equal((RuleSetState.Current, 1, 1, "lines"), (set.State, set.Domains, set.Networks, set.Format));
        Assert.DoesNotContain("secret", set.Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_that_has_not_changed_is_not_sent_again()
    {
        _list.Tag = "\"v1\"";
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        RuleSetStatus set = await gateway.Server.UpdateRuleSetAsync("partners");
        Assert.Equal((RuleSetState.Current, 1), (set.State, set.Domains));
        Assert.Contains("If-None-Match: \"v1\"", _list.Requests.Last(), StringComparison.OrdinalIgnoreCase);
        (_list.Tag, _list.Text) = ("\"v2\"", ".b.example\n");
        set = await gateway.Server.UpdateRuleSetAsync("partners");
        Assert.Equal((1, 0), (set.Domains, set.Networks));
        Assert.Equal("block", (await ExplainAsync(gateway, "x.b.example:443")).Exit.Name);
    }

    [Theory]
    [InlineData("503 Service Unavailable", "", "the server answered 503")]
    [InlineData("302 Found", "", "the server answered 302")]
    [InlineData("200 OK", "a.example\n<html>\n", "line 2: \"<html>\" is no domain")]
    public async Task A_set_that_cannot_be_had_stays_as_it_was_and_says_since_when(string status, string text, string problem)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        (_list.Status, _list.Text) = (status, text);
        RuleSetStatus set = await gateway.Server.UpdateRuleSetAsync("partners");
        Assert.Equal((RuleSetState.Stale, 1, problem), (set.State, set.Domains, set.Problem));
        Assert.NotNull(set.FailingSince);
        Assert.Equal("block", (await ExplainAsync(gateway, "a.example:443")).Exit.Name);
        ServerWarning warning = Assert.Single(gateway.Server.GetWarnings(), each => each.Id == "MX1101");
        Assert.Contains(problem, warning.Message, StringComparison.Ordinal);
        Assert.Contains("stays in force", warning.Message, StringComparison.Ordinal);
        // Once, not with each attempt.
        await gateway.Server.UpdateRuleSetAsync("partners");
        Assert.Single(gateway.Server.GetLog(new() { Ids = ["MX1101"] }));
        (_list.Status, _list.Text) = ("200 OK", "b.example\n");
        Assert.Equal(RuleSetState.Current, (await gateway.Server.UpdateRuleSetAsync("partners")).State);
        Assert.DoesNotContain(gateway.Server.GetWarnings(), each => each.Id == "MX1101");
        Assert.Single(gateway.Server.GetLog(new() { Ids = ["MX1102"] }));
    }

    [Fact]
    public async Task A_set_that_is_too_large_is_refused_before_it_is_read()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        _list.Claims = 1L << 30;
        Assert.Equal("it has more than 64 MiB", (await gateway.Server.UpdateRuleSetAsync("partners")).Problem);
    }

    [Fact]
    public async Task A_restart_has_what_was_had_last_when_its_server_is_away()
    {
        await using (TestGateway first = await TestGateway.StartAsync(Config(OfUrl()))) Assert.Equal(1, first.Server.GetRuleSets()[0].Domains);
        _list.Status = "500 Internal Server Error";
        await using TestGateway second = await TestGateway.StartAsync(Config(OfUrl()));
        Assert.Equal("block", (await ExplainAsync(second, "a.example:443")).Exit.Name);
        await Wait.UntilAsync(() => second.Server.GetRuleSets()[0].State == RuleSetState.Stale);
        Assert.Equal("the server answered 500", second.Server.GetRuleSets()[0].Problem);
    }

    [Fact]
    public async Task An_answer_without_a_body_takes_nothing_out_of_what_is_denied()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        _list.Text = "";
        RuleSetStatus set = await gateway.Server.UpdateRuleSetAsync("partners");
        Assert.Equal((RuleSetState.Stale, "it has no entry", 1), (set.State, set.Problem, set.Domains));
        Assert.Equal("block", (await ExplainAsync(gateway, "a.example:443")).Exit.Name);
    }

    [Fact]
    public async Task A_tag_that_is_too_long_is_not_kept_and_the_list_is()
    {
        _list.Tag = $"\"{new string('e', 9000)}\"";
        await using (TestGateway first = await TestGateway.StartAsync(Config(OfUrl()))) Assert.Equal(1, first.Server.GetRuleSets()[0].Domains);
        _list.Status = "500 Internal Server Error";
        await using TestGateway second = await TestGateway.StartAsync(Config(OfUrl()));
        Assert.Equal("block", (await ExplainAsync(second, "a.example:443")).Exit.Name);
    }

    [Fact]
    public async Task What_is_kept_of_another_source_or_damaged_is_not_taken()
    {
        await using (await TestGateway.StartAsync(Config(OfUrl()))) { }
        string path = _folder["partners.set"];
        byte[] kept = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        _list.Status = "500 Internal Server Error";
        kept[^2] ^= 1;
        await File.WriteAllBytesAsync(path, kept, TestContext.Current.CancellationToken);
        await using (TestGateway damaged = await TestGateway.StartAsync(Config(OfUrl())))
            Assert.Equal(RuleSetState.Missing, damaged.Server.GetRuleSets()[0].State);
        kept[^2] ^= 1;
        await File.WriteAllBytesAsync(path, kept, TestContext.Current.CancellationToken);
        using ListServer other = new() { Status = "500 Internal Server Error" };
        await using TestGateway elsewhere = await TestGateway.StartAsync(Config(OfUrl() with { Url = new Secret(other.Url.ToString()) }));
        Assert.Equal(RuleSetState.Missing, elsewhere.Server.GetRuleSets()[0].State);
    }

    [Fact]
    public async Task A_set_that_was_never_had_makes_no_rule_match_that_depends_on_it()
    {
        _list.Status = "500 Internal Server Error";
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        RouteExplanation told = await ExplainAsync(gateway, "a.example:443");
        Assert.Equal(RouteOutcome.Undecided, told.Outcome);
        Assert.Equal("sets: partners was not had yet: the server answered 500", told.Rules[0].Reason);
        Assert.Contains("rules that depend on it do not match", Assert.Single(gateway.Server.GetWarnings(), each => each.Id == "MX1101").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_has_to_have_the_hash_that_is_given()
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_list.Text)));
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl() with { Sha256 = hash }));
        Assert.Equal(RuleSetState.Current, gateway.Server.GetRuleSets()[0].State);
        _list.Text += "b.example\n";
        RuleSetStatus set = await gateway.Server.UpdateRuleSetAsync("partners");
        Assert.Equal(RuleSetState.Stale, set.State);
        Assert.EndsWith($"and `sha256` says {hash}", set.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_read_again_when_it_changes_and_stays_in_force_when_it_is_faulty()
    {
        string path = Write("a.example\n");
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfFile() with { Every = TimeSpan.FromSeconds(1) }));
        Assert.Equal("block", (await ExplainAsync(gateway, "a.example:443")).Exit.Name);
        Write("b.example\n");
        await Wait.UntilAsync(async () => (await ExplainAsync(gateway, "b.example:443")).Exit.Name == "block");
        Write("c.example\nno domain\n");
        await Wait.UntilAsync(() => gateway.Server.GetRuleSets()[0].State == RuleSetState.Stale);
        Assert.Equal("line 2: \"no domain\" is no domain", gateway.Server.GetRuleSets()[0].Problem);
        Assert.Equal("block", (await ExplainAsync(gateway, "b.example:443")).Exit.Name);
        File.Delete(path);
        await Wait.UntilAsync(() => gateway.Server.GetRuleSets()[0].Problem?.EndsWith("does not exist", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_file_that_is_faulty_refuses_the_start_unless_it_was_good_before()
    {
        Write("a.example\nno domain\n");
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => TestGateway.StartAsync(Config(OfFile())));
        Assert.Equal($"sets.partners: {_folder["list.txt"]}: line 2: \"no domain\" is no domain", refused.Message);
        Write("a.example\n");
        await using (TestGateway good = await TestGateway.StartAsync(Config(OfFile()))) await good.Server.UpdateRuleSetAsync("partners");
        Write("no domain\n");
        await using TestGateway again = await TestGateway.StartAsync(Config(OfFile()));
        Assert.Equal("block", (await ExplainAsync(again, "a.example:443")).Exit.Name);
        await Wait.UntilAsync(() => again.Server.GetRuleSets()[0].State == RuleSetState.Stale);
    }

    [Fact]
    public async Task A_reload_keeps_what_a_set_has_and_refuses_a_faulty_file()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        int asked = _list.Requests.Count;
        await gateway.Server.ReloadAsync(Config(OfUrl()) with { Default = "block" });
        await gateway.Server.ReloadAsync(Config(OfUrl() with { Every = TimeSpan.FromDays(1) }));
        Assert.Equal(asked, _list.Requests.Count);
        Assert.Equal(1, gateway.Server.GetRuleSets()[0].Domains);
        Write("no domain\n");
        await Assert.ThrowsAsync<ProxyException>(() => gateway.Server.ReloadAsync(Config(OfFile())));
        Assert.Equal("block", (await ExplainAsync(gateway, "a.example:443")).Exit.Name);
        await gateway.Server.ReloadAsync(TestGateway.Mixed());
        Assert.Empty(gateway.Server.GetRuleSets());
    }

    [Fact]
    public async Task A_set_is_fetched_through_the_exit_that_it_names()
    {
        await using TestGateway through = await TestGateway.StartAsync(TestGateway.Mixed());
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl() with { Via = "up" }) with
        {
            Exits = [new Socks5ExitConfig { Name = "up", Server = Destination.FromEndPoint(through.EndPoint) }],
        });
        await Wait.UntilAsync(() => gateway.Server.GetRuleSets()[0].State == RuleSetState.Current);
        Assert.Equal(1, through.Server.GetStatus().TotalSessions);
    }

    [Fact]
    public async Task Sets_are_seen_and_updated_over_the_control_socket()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(Config(OfUrl()));
        Assert.Equal(gateway.Server.GetRuleSets(), await gateway.Client.GetRuleSetsAsync(TestContext.Current.CancellationToken));
        _list.Text = "a.example\nb.example\n";
        Assert.Equal(2, (await gateway.Client.UpdateRuleSetAsync("partners", TestContext.Current.CancellationToken)).Domains);
        Assert.Contains("\"RuleSetNotFound\"", await gateway.AskAsync("POST", "/sets/other/update"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _list.Dispose();
        _folder.Dispose();
    }

    private RuleSetConfig OfUrl() => new("partners") { Url = new Secret(_list.Url.ToString()), State = _folder["partners.set"] };

    private RuleSetConfig OfFile() => new("partners") { File = _folder["list.txt"], State = _folder["partners.set"] };

    private string Write(string text)
    {
        File.WriteAllText(_folder["list.txt"], text);
        return _folder["list.txt"];
    }

    private static GatewayConfig Config(RuleSetConfig set) =>
        TestGateway.Mixed() with { Sets = [set], Routes = [new RouteConfig { Sets = ["partners"], Exit = "block" }] };

    private static Task<RouteExplanation> ExplainAsync(TestGateway gateway, string destination)
    {
        Assert.True(Destination.TryParse(destination, -1, out Destination? target));
        return gateway.Server.ExplainRouteAsync(new RouteQuery { Destination = target, Client = IPAddress.Loopback });
    }
}
