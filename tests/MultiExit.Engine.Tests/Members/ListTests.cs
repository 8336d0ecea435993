using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Members;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Members;
using MultiExit.Engine.Server;
using MultiExit.Engine.Sources;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Routing.RuleSets;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Members;

/// <summary>Members of a group that come from a file or URL, in a running server.</summary>
public sealed class ListTests : IDisposable
{
    private const string Two = "# two of them\nsocks5://192.0.2.1:1080#a\n\nhttp://u:s3cret@192.0.2.2:3128 # b\r\n";

    private readonly TemporaryFolder _folder = new();
    private readonly ListServer _list = new(Two);

    [Fact]
    public async Task A_list_of_a_url_is_in_force_and_told()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        Assert.Equal([("a", "socks5"), ("b", "http")], gateway.Server.GetMembers("pool").Select(exit => (exit.Name, exit.Type)));
        GroupStatus group = gateway.Server.GetGroups().Single();
        Assert.Equal((1, 0, 2, 3, RuleSetState.Current), (group.Configured, group.Published, group.Listed, group.Available, group.List!.State));
        Assert.DoesNotContain("secret", group.List.Source, StringComparison.Ordinal);
        Assert.All(gateway.Server.GetMembers(), exit => Assert.Equal((MemberOrigin.List, null), (exit.Origin!.Value, exit.Expires)));
    }

    [Fact]
    public async Task Another_list_is_swapped_as_a_whole_and_exits_that_stay_keep_their_state()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        gateway.Server.SetExitEnabled("a", enabled: false);
        _list.Text = """
            - { name: c, type: socks5, server: "192.0.2.3:1080", weight: 4 }
            - server: "socks5://192.0.2.1:1080"
              name: a
            - "http://192.0.2.9:3128"
            """;
        GroupStatus group = await gateway.Server.UpdateGroupAsync("pool");
        Assert.Equal((RuleSetState.Current, 3), (group.List!.State, group.Listed));
        Assert.Equal([("192.0.2.9:3128", true), ("a", false), ("c", true)], gateway.Server.GetMembers().Select(exit => (exit.Name, exit.Enabled)));
        Assert.Equal(4, gateway.Server.GetMembers().Single(exit => exit.Name == "c").Weight);
        _list.Text = "[\"socks5://192.0.2.7:1080\"]";
        Assert.Equal(1, (await gateway.Server.UpdateGroupAsync("pool")).Listed);
    }

    [Fact]
    public async Task A_list_is_in_force_together_with_its_members_and_not_a_moment_later()
    {
        File.WriteAllText(_folder["list"], Two);
        MemberSource source = new("pool", new MemberListConfig { File = _folder["list"], State = _folder["kept"] });
        EngineLog log = new(LogFactory.Create(new LoggingConfig(), console: false));
        await using SourceKeeper<IReadOnlyList<MemberEntry>> keeper = new(source, (_, _, _) => throw new IOException("no network"),
            new((_, _) => { }, (_, _) => { }, (_, _) => { }, "MX1122"), log, new StoreFaults(log), TimeProvider.System);
        int followed = 0;
        source.Following = (entries, use) =>
        {
            followed++;
            // Under the lock of who follows: a reload that comes before has the old list whole, one that comes after the new one.
            Assert.Null(source.Version);
            use();
            Assert.Same(entries, source.Content);
        };
        Assert.True(await keeper.UpdateAsync(always: true, default));
        Assert.Equal((1, 2), (followed, source.Content!.Count));
        source.Following = (_, _) => throw new SourceFaultException("the group has another list by now");
        File.AppendAllText(_folder["list"], "socks5://192.0.2.3:1080#c\n");
        string before = source.Version!.Sha256;
        Assert.False(await keeper.UpdateAsync(always: true, default));
        Assert.Equal(before, source.Version.Sha256);
    }

    [Theory]
    [InlineData("socks5://192.0.2.1:1080#a\nsocks5://192.0.2.2:1080#a\n", "line 2: \"a\" is the name of the exit of line 1 already")]
    [InlineData("socks5://192.0.2.1:1080\nsocks5://192.0.2.1:1080\n", "line 2: \"192.0.2.1:1080\" is the name of the exit of line 1 already")]
    [InlineData("socks5://192.0.2.1:1080#one\n", "the name one is that of an exit or group of the configuration; choose another")]
    [InlineData("socks5://192.0.2.1:1080#-x\n", "line 1: expected a name: 1 to 64 letters")]
    [InlineData("192.0.2.1:1080:u:s3cret\n", "line 1: expected a URL such as")]
    [InlineData("socks5://u:s3cret@192.0.2.1:99999\n", "line 1: ")]
    [InlineData("<html>s3cret</html>\n", "line 1: expected a URL such as")]
    [InlineData("- { server: \"socks5://h:1\", colour: red }\n", "line 1: [0].colour: unknown key")]
    [InlineData("- { server: \"socks5://h:1\", via: nobody, name: x }\n", "x: via: there is no exit or group named nobody in the configuration")]
    [InlineData("- { type: http, server: \"h:1\", username: u, password: { file: /etc/passwd } }\n", "refers to no file")]
    [InlineData(
        "[\"socks5://192.0.2.1:1\",\n\"socks5://192.0.2.1:2\",\"socks5://192.0.2.1:3\",\n\"socks5://192.0.2.1:4\", &a",
        "line 3: there are more than 3 exits (`max`)")]
    [InlineData("{ members: [] }\n", "line 1: found a mapping; expected a list")]
    [InlineData("- [\n", "line ")]
    [InlineData("- &a \"socks5://h:1\"\n- *a\n", "anchors")]
    [InlineData("\n# nothing\n", "it has no exit")]
    [InlineData("", "it has no exit")]
    [InlineData("socks5://192.0.2.1:1\nsocks5://192.0.2.1:2\nsocks5://192.0.2.1:3\nsocks5://192.0.2.1:4\n", "line 4: there are more than 3 exits (`max`)")]
    public async Task A_list_that_goes_mad_is_refused_whole_with_its_reason_and_without_a_secret(string text, string reason)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        _list.Text = text;
        MemberListStatus list = (await gateway.Server.UpdateGroupAsync("pool")).List!;
        Assert.Equal(RuleSetState.Stale, list.State);
        Assert.NotNull(list.FailingSince);
        Assert.Contains(reason, list.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", list.Problem, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], gateway.Server.GetMembers().Select(exit => exit.Name));
        Assert.Contains("stays in force", Assert.Single(gateway.Server.GetWarnings(), each => each.Id == "MX1120").Message, StringComparison.Ordinal);
        _list.Text = Two + "\n";
        Assert.Equal(RuleSetState.Current, (await gateway.Server.UpdateGroupAsync("pool")).List!.State);
        Assert.Single(gateway.Server.GetLog(new() { Ids = ["MX1121"] }));
    }

    [Theory]
    [InlineData("[", "a,", "]", "line 1: there are more than 3 exits (`max`)")]
    [InlineData("- ", "a: ", "", "line 1: ")]
    [InlineData("- {", "a: 1, ", "a: 1}", "line 1: ")]
    [InlineData("- [", "a,", "a]", "line 1: there is more here than 3 entries have")]
    public void A_document_of_megabytes_takes_memory_for_as_many_entries_as_there_may_be(string begin, string more, string end, string reason)
    {
        string text = begin + string.Concat(Enumerable.Repeat(more, 500_000)) + end;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.StartsWith(reason, Assert.Throws<FormatException>(() => MemberListReader.Read(text, null, 3)).Message, StringComparison.Ordinal);
        // The text once more, without its tabs, and little else.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20L << 20);
    }

    [Fact]
    public async Task A_list_of_a_gigabyte_is_refused_before_it_is_read()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        _list.Claims = 1L << 30;
        Assert.Equal("it has more than 16 MiB", (await gateway.Server.UpdateGroupAsync("pool")).List!.Problem);
    }

    [Fact]
    public async Task A_list_does_not_take_the_name_of_a_published_exit()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl(), new PublishConfig()));
        gateway.Server.PublishExit("pool", "c", System.Text.Json.JsonSerializer.SerializeToElement(new { server = "socks5://192.0.2.8:1" }));
        _list.Text = "socks5://192.0.2.3:1080#c\n";
        Assert.Equal("the name c is that of a published exit of group pool; choose another", (await gateway.Server.UpdateGroupAsync("pool")).List!.Problem);
        Assert.Contains("is that of an exit of the list of group pool", Assert.Throws<ProxyException>(() => gateway.Server.PublishExit(
            "pool", "a", System.Text.Json.JsonSerializer.SerializeToElement(new { server = "socks5://192.0.2.8:1" }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_has_what_was_had_last_when_its_server_is_away()
    {
        await using (TestGateway first = await TestGateway.StartAsync(Config(OfUrl()))) Assert.Equal(2, first.Server.GetGroups()[0].Listed);
        _list.Status = "500 Internal Server Error";
        await using TestGateway second = await TestGateway.StartAsync(Config(OfUrl()));
        Assert.Equal(2, second.Server.GetGroups()[0].Listed);
        await Wait.UntilAsync(() => second.Server.GetGroups()[0].List!.State == RuleSetState.Stale);
        Assert.Equal("the server answered 500", second.Server.GetGroups()[0].List!.Problem);
    }

    [Fact]
    public async Task A_reload_keeps_the_list_without_another_fetch_and_a_group_without_one_has_no_members_of_it()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(OfUrl()));
        int asked = _list.Requests.Count;
        await gateway.Server.ReloadAsync(Config(OfUrl()) with { Default = "direct" });
        Assert.Equal((2, asked), (gateway.Server.GetGroups()[0].Listed, _list.Requests.Count));
        await gateway.Server.ReloadAsync(Config(null, new PublishConfig()));
        Assert.Equal((0, 0), (gateway.Server.GetGroups()[0].Listed, gateway.Server.GetMembers().Count));
    }

    [Fact]
    public async Task A_file_is_read_again_when_it_changes_and_may_refer_to_files()
    {
        await File.WriteAllTextAsync(_folder["password.txt"], "s3cret", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder["password.txt"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(_folder["exits.yaml"], "- { type: http, server: \"h:1\", name: a, username: u, password: { file: password.txt } }\n",
            TestContext.Current.CancellationToken);
        MemberListConfig file = new() { File = _folder["exits.yaml"], State = _folder["kept"], Every = TimeSpan.FromSeconds(1) };
        await using TestGateway gateway = await TestGateway.StartAsync(Config(file));
        Assert.Equal(["a"], gateway.Server.GetMembers().Select(exit => exit.Name));
        await File.WriteAllTextAsync(_folder["exits.yaml"], "- \"socks5://192.0.2.1:1080\"\n", TestContext.Current.CancellationToken);
        await Wait.UntilAsync(() => gateway.Server.GetMembers()[0].Name == "192.0.2.1:1080");
    }

    [Fact]
    public async Task A_faulty_file_refuses_a_start_of_which_nothing_is_kept()
    {
        await File.WriteAllTextAsync(_folder["exits.txt"], "no url\n", TestContext.Current.CancellationToken);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(
            () => TestGateway.StartAsync(Config(new MemberListConfig { File = _folder["exits.txt"], State = _folder["kept"] })));
        Assert.StartsWith($"groups: pool: members: {_folder["exits.txt"]}: line 1: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_in_a_file_is_checked_and_explained_without_a_server()
    {
        await File.WriteAllTextAsync(_folder["exits.txt"], "socks5://192.0.2.1:1080#a\n", TestContext.Current.CancellationToken);
        MemberListConfig file = new() { File = _folder["exits.txt"], State = _folder["kept"] };
        GatewayConfig config = Config(file) with { Groups = [new GroupConfig { Name = "pool", Exits = [], Members = file }] };
        RouteExplanation told = await ConfigRoutes.ExplainAsync(
            config, new RouteQuery { Destination = Pools.To("a.example"), Client = System.Net.IPAddress.Loopback }, TestContext.Current.CancellationToken);
        Assert.Contains(told.Explanation, line => line.Contains("socks5, of the group's list, by 192.0.2.1:1080", StringComparison.Ordinal));
        await File.WriteAllTextAsync(_folder["exits.txt"], "nonsense\n", TestContext.Current.CancellationToken);
        ConfigCheck check = await ConfigCheck.OnThisMachineAsync(new ConfigResult(config, [], "native"), null, TestContext.Current.CancellationToken);
        Assert.Contains(check.Errors, error => error.Path == "groups: pool: members.file" && error.Message.Contains("line 1:", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _list.Dispose();
        _folder.Dispose();
    }

    private MemberListConfig OfUrl() => new() { Url = new Secret(_list.Url.ToString()), State = _folder["kept"], Max = 3 };

    private static GatewayConfig Config(MemberListConfig? list, PublishConfig? publish = null) => TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "one" }],
        Groups = [new GroupConfig { Name = "pool", Exits = ["one"], Members = list, Publish = publish }],
        Default = "pool",
    };
}
