using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Servers that follow the configuration of their fleet; weights tell versions apart, and their own files have the weight 1.</summary>
public sealed class FleetConfigTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryTables _tables;
    private readonly List<FollowingNode> _nodes = [];

    public FleetConfigTests() => _tables = new MemoryTables(_time);

    public async ValueTask DisposeAsync()
    {
        foreach (FollowingNode node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task All_nodes_run_a_version_and_each_keeps_the_sections_that_are_its_own()
    {
        FollowingNode[] nodes = await StartAsync("a", "b", "c");
        RolloutStatus published = await PublishAsync(nodes[1], 7);
        Assert.Equal((1, 0, RolloutState.Everywhere), (published.Version, published.Base, published.State));
        await UntilAsync(() => nodes.All(node => node.Weight == 7));
        await UntilAsync(() => nodes.All(node => StateAt(node) == RolloutState.Confirmed && node.Server.Pending is null));
        await UntilAsync(() => nodes.All(node => node.Said is { State: NodeConfigState.Current, Version: 1 }));
        foreach (FollowingNode node in nodes)
        {
            Assert.Equal((node.Name, node.Name), (node.Server.Gateway.Config.Name, node.Server.Gateway.Config.Fleet!.Node));
            ConfigVersion version = node.Server.GetVersions()[^1];
            Assert.Equal((ConfigChange.Fleet, ConfigOutcome.Confirmed, "ops"), (version.Why, version.Outcome, version.Who));
            Assert.Single(node.Logged("MX1149"));
            Assert.Empty(node.Server.Gateway.GetWarnings());
        }
        Assert.Single(nodes[1].Logged("MX1148"));
        Assert.Single(nodes.SelectMany(node => node.Logged("MX1154")));
    }

    [Fact]
    public async Task The_canaries_run_a_version_well_before_the_others_get_it()
    {
        FollowingNode[] nodes = await StartAsync("a", "b", "c");
        RolloutStatus published = await PublishAsync(nodes[2], 7, new RolloutRequest { Canary = 1 });
        Assert.Equal((RolloutState.Canary, "a"), (published.State, Assert.Single(published.Canaries)));
        await UntilAsync(() => nodes[0].Weight == 7);
        await PassAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((7, 1, 1), (nodes[0].Weight, nodes[1].Weight, nodes[2].Weight));
        await UntilAsync(() => nodes.All(node => node.Weight == 7 && StateAt(node) == RolloutState.Confirmed));
    }

    [Fact]
    public async Task A_version_that_a_canary_cannot_use_goes_back_and_the_others_never_get_it()
    {
        FollowingNode a = await AddAsync("a", "groups: [{ name: g, exits: [a] }]\n"), b = await AddAsync("b");
        await PublishAsync(b, "exits: [{ name: other, type: direct, weight: 7 }]", new RolloutRequest { Canary = 1 });
        await UntilAsync(() => StateAt(b) == RolloutState.RolledBack);
        RolloutStatus ended = (await b.Server.GetRolloutAsync())!;
        Assert.StartsWith("node a: ", ended.Reason, StringComparison.Ordinal);
        Assert.Equal((1, 1), (a.Weight, b.Weight));
        Assert.Empty(b.Logged("MX1149"));
        // The next one is not held up by it.
        await PublishAsync(b, 8);
        await UntilAsync(() => a.Weight == 8 && b.Weight == 8);
    }

    [Fact]
    public async Task What_nobody_confirms_goes_back_on_all_nodes_and_what_is_confirmed_stays()
    {
        FollowingNode[] nodes = await StartAsync("a", "b");
        RolloutRequest toConfirm = new() { ConfirmWithin = TimeSpan.FromMinutes(2) };
        await PublishAsync(nodes[0], 7, toConfirm);
        await UntilAsync(() => nodes.All(node => node.Weight == 7));
        await UntilAsync(() => nodes.All(node => node.Weight == 1 && StateAt(node) == RolloutState.RolledBack));
        await PublishAsync(nodes[0], 8, toConfirm);
        await UntilAsync(() => nodes.All(node => node.Weight == 8));
        ProxyException alone = await Assert.ThrowsAsync<ProxyException>(() => nodes[0].Server.ConfirmAsync());
        Assert.Equal(ProxyError.FleetOwned, alone.Reason);
        Assert.Equal(RolloutState.Confirmed, (await nodes[1].Server.ConfirmRolloutAsync()).State);
        await PassAsync(TimeSpan.FromMinutes(3));
        Assert.All(nodes, node => Assert.Equal((8, null), (node.Weight, node.Server.Pending)));
    }

    [Fact]
    public async Task When_the_store_dies_in_the_middle_each_node_goes_back_by_itself()
    {
        FollowingNode[] nodes = await StartAsync("a", "b");
        await PublishAsync(nodes[0], 7);
        await UntilAsync(() => nodes.All(node => StateAt(node) == RolloutState.Confirmed && node.Server.Pending is null));
        await PublishAsync(nodes[0], 8, new RolloutRequest { ConfirmWithin = TimeSpan.FromMinutes(2) });
        await UntilAsync(() => nodes.All(node => node.Weight == 8));
        foreach (FollowingNode node in nodes) node.Store.Hangs = true;
        await UntilAsync(() => nodes.All(node => node.Weight == 7 && node.Logged("MX1150").Count() == 1));
        Assert.Equal(RolloutState.Everywhere, _tables.Rollouts["prod"].State);
    }

    [Fact]
    public async Task When_a_store_that_was_away_is_back_a_version_that_was_not_confirmed_is_rolled_back_there_too()
    {
        FollowingNode[] nodes = await StartAsync("a", "b");
        await PublishAsync(nodes[0], 8, new RolloutRequest { ConfirmWithin = TimeSpan.FromMinutes(2) });
        await UntilAsync(() => nodes.All(node => node.Weight == 8));
        foreach (FollowingNode node in nodes) node.Store.Fails = true;
        await UntilAsync(() => nodes.All(node => node.Weight == 1));
        foreach (FollowingNode node in nodes) node.Store.Fails = false;
        await UntilAsync(() => nodes.All(node => StateAt(node) == RolloutState.RolledBack));
        Assert.All(nodes, node => Assert.Equal(1, node.Weight));
    }

    [Fact]
    public async Task A_rollout_goes_on_without_the_node_that_published_and_led_it()
    {
        FollowingNode[] nodes = await StartAsync("a", "b", "c");
        await PublishAsync(nodes[0], 7, new RolloutRequest { Canary = 2 });
        await UntilAsync(() => nodes[0].Weight == 7 && nodes[1].Weight == 7);
        // In order: a node that falls silent with a version takes it back.
        await nodes[0].Server.StopAsync(TimeSpan.Zero);
        await UntilAsync(() => nodes[1..].All(node => node.Weight == 7 && StateAt(node) == RolloutState.Confirmed));
    }

    [Fact]
    public async Task A_node_that_falls_silent_with_a_version_takes_it_back_on_all_and_itself()
    {
        FollowingNode[] nodes = await StartAsync("a", "b", "c");
        await PublishAsync(nodes[1], 7, new RolloutRequest { Canary = 1, Hold = TimeSpan.FromMinutes(1), ConfirmWithin = TimeSpan.FromMinutes(5) });
        await UntilAsync(() => nodes[1].Server.GetStatus().Fleet!.Rollout?.Nodes.Any(said => said is { Node: "a", Version: 1 }) == true);
        nodes[0].Store.Fails = true;
        await UntilAsync(() => StateAt(nodes[1]) == RolloutState.RolledBack);
        Assert.Contains("node a is silent", _tables.Rollouts["prod"].Reason, StringComparison.Ordinal);
        Assert.Equal((1, 1), (nodes[1].Weight, nodes[2].Weight));
        await UntilAsync(() => nodes[0].Weight == 1);
    }

    [Fact]
    public async Task A_publication_whose_answer_was_lost_is_made_again_and_counts_once()
    {
        FollowingNode[] nodes = await StartAsync("a", "b");
        nodes[0].Store.LosesAnswers = true;
        RolloutRequest toConfirm = new() { ConfirmWithin = TimeSpan.FromMinutes(5) };
        await TryAsync(() => PublishAsync(nodes[0], 7, toConfirm));
        nodes[0].Store.LosesAnswers = false;
        await UntilAsync(() => nodes[0].Server.GetStatus().Fleet!.Reachable);
        Assert.Equal(1, (await PublishAsync(nodes[0], 7, toConfirm)).Version);
        Assert.Single(_tables.ConfigVersions);
        await UntilAsync(() => nodes.All(node => node.Weight == 7));
        nodes[0].Store.LosesAnswers = true;
        await TryAsync(() => nodes[0].Server.ConfirmRolloutAsync());
        nodes[0].Store.LosesAnswers = false;
        await UntilAsync(() => nodes[0].Server.GetStatus().Fleet!.Reachable);
        Assert.Equal(RolloutState.Confirmed, (await nodes[0].Server.ConfirmRolloutAsync()).State);
        await UntilAsync(() => nodes.All(node => node.Server.Pending is null && node.Weight == 7));
        static async Task TryAsync(Func<Task<RolloutStatus>> ask)
        {
            try
            {
                await ask();
            }
            catch (ProxyException exception) when (exception.Reason == ProxyError.StoreUnreachable)
            {
                // The answer was lost, whatever the store has done.
            }
        }
    }

    [Fact]
    public async Task Undo_ends_a_rollout_and_brings_the_version_before_where_it_is_confirmed()
    {
        FollowingNode[] nodes = await StartAsync("a", "b");
        ProxyException none = await Assert.ThrowsAsync<ProxyException>(() => nodes[0].Server.UndoRolloutAsync());
        Assert.Equal(ProxyError.RolloutState, none.Reason);
        await ConfirmedAsync(nodes, 7);
        await PublishAsync(nodes[0], 8, new RolloutRequest { ConfirmWithin = TimeSpan.FromMinutes(5) });
        await UntilAsync(() => nodes.All(node => node.Weight == 8));
        ProxyException busy = await Assert.ThrowsAsync<ProxyException>(() => PublishAsync(nodes[1], 9));
        Assert.Equal(ProxyError.RolloutState, busy.Reason);
        Assert.Equal("undone by eve", (await nodes[1].Server.UndoRolloutAsync("eve")).Reason);
        await UntilAsync(() => nodes.All(node => node.Weight == 7 && node.Server.Pending is null));
        await ConfirmedAsync(nodes, 9);
        RolloutStatus again = await nodes[1].Server.UndoRolloutAsync("eve");
        Assert.Equal((4, 3, "version 1 again"), (again.Version, again.Base, again.Message));
        await UntilAsync(() => nodes.All(node => node.Weight == 7 && StateAt(node) == RolloutState.Confirmed));
    }

    [Fact]
    public async Task While_the_store_is_away_nothing_is_published_and_a_local_change_makes_the_node_diverge()
    {
        FollowingNode[] nodes = await StartAsync("a", "b");
        (FollowingNode a, FollowingNode b) = (nodes[0], nodes[1]);
        await ConfirmedAsync(nodes, 7);
        a.Store.Fails = true;
        await UntilAsync(() => !a.Server.GetStatus().Fleet!.Reachable);
        ProxyException away = await Assert.ThrowsAsync<ProxyException>(() => PublishAsync(a, 8));
        Assert.Equal(ProxyError.StoreUnreachable, away.Reason);
        Assert.Contains("Set-MxConfig -Local", away.Message, StringComparison.Ordinal);
        ConfigEdit edit = ConfigEdit.SetWeight("a", 5);
        ProxyException owned = await Assert.ThrowsAsync<ProxyException>(() => a.Server.EditAsync([edit]));
        Assert.Equal((ProxyError.FleetOwned, 7), (owned.Reason, a.Weight));
        await a.Server.EditAsync([edit], new ConfigRequest { Local = true, Who = "eve" });
        Assert.Equal(5, a.Weight);
        Assert.Equal("MX1151", Assert.Single(a.Server.Gateway.GetWarnings(), warning => warning.Id != "MX1140").Id);
        a.Store.Fails = false;
        await UntilAsync(() => b.Server.GetStatus().Fleet!.Rollout!.Nodes.Any(said => said is { Node: "a", State: NodeConfigState.Diverged }));
        // Nothing takes it back but an operator.
        await PublishAsync(b, 9);
        await UntilAsync(() => b.Weight == 9 && StateAt(b) == RolloutState.Confirmed);
        Assert.Equal(5, a.Weight);
        await Assert.ThrowsAsync<ProxyException>(() => a.Server.ReloadFileAsync(ConfigChange.HangUp));
        Assert.Equal(5, a.Weight);
        await a.Server.SetAsync(null);
        await UntilAsync(() => a.Weight == 9);
        Assert.Single(a.Logged("MX1152"));
        Assert.Empty(a.Server.Gateway.GetWarnings());
    }

    [Fact]
    public async Task A_restart_without_the_store_runs_the_last_good_version_also_under_another_file()
    {
        FollowingNode[] nodes = await StartAsync("a");
        FollowingNode a = nodes[0];
        await ConfirmedAsync(nodes, 7);
        await a.Server.DisposeAsync();
        a.Store.Fails = true;
        await a.StartAsync();
        Assert.Equal(7, a.Weight);
        await a.Server.DisposeAsync();
        a.Write(2, "limits: { connections: 77 }\n");
        await a.StartAsync();
        Assert.Equal((7, 77), (a.Weight, a.Server.Gateway.Config.Limits.Connections));
        a.Write(3, "limits: { connections: 78 }\n");
        await a.Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.Equal((7, 78), (a.Weight, a.Server.Gateway.Config.Limits.Connections));
    }

    [Fact]
    public async Task A_file_that_only_the_version_makes_valid_is_refused_by_a_reload_and_not_by_the_next_start()
    {
        FollowingNode[] nodes = await StartAsync("a");
        FollowingNode a = nodes[0];
        await ConfirmedAsync(nodes, 7);
        // The exit of this name is in the version alone.
        string text = await File.ReadAllTextAsync(a.File, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(a.File, text.Replace("{ name: a, type", "{ name: z, type", StringComparison.Ordinal) + "default: a\n",
            TestContext.Current.CancellationToken);
        ConfigResult refused = await a.Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.Contains("there is no exit or group \"a\"", Assert.Single(refused.Errors).ToString(), StringComparison.Ordinal);
        Assert.Equal((7, "direct"), (a.Weight, a.Server.Gateway.Config.Default));
    }

    [Fact]
    public async Task A_local_change_stays_after_a_restart_and_the_node_is_still_shown_as_diverged()
    {
        FollowingNode[] nodes = await StartAsync("a");
        FollowingNode a = nodes[0];
        await ConfirmedAsync(nodes, 7);
        await a.Server.EditAsync([ConfigEdit.SetWeight("a", 5)], new ConfigRequest { Local = true });
        await a.Server.DisposeAsync();
        await a.StartAsync();
        Assert.Equal(5, a.Weight);
        await UntilAsync(() => a.Said?.State == NodeConfigState.Diverged);
    }

    [Fact]
    public async Task A_local_change_that_is_not_confirmed_leaves_the_node_with_its_fleet()
    {
        FollowingNode[] nodes = await StartAsync("a");
        FollowingNode a = nodes[0];
        await ConfirmedAsync(nodes, 7);
        await a.Server.EditAsync([ConfigEdit.SetWeight("a", 5)], new ConfigRequest { Local = true, ConfirmWithin = TimeSpan.FromSeconds(30) });
        Assert.Equal(5, a.Weight);
        await UntilAsync(() => a.Weight == 7 && a.Server.Gateway.GetWarnings().Count == 0);
        await UntilAsync(() => a.Said?.State == NodeConfigState.Current);
    }

    [Fact]
    public async Task A_node_that_ends_while_a_version_is_tried_starts_without_it_and_takes_it_back_on_all()
    {
        FollowingNode[] nodes = await StartAsync("a", "b");
        await PublishAsync(nodes[1], 7, new RolloutRequest { ConfirmWithin = TimeSpan.FromMinutes(10) });
        await UntilAsync(() => nodes.All(node => node.Weight == 7));
        await nodes[0].Server.DisposeAsync();
        await nodes[0].StartAsync();
        Assert.Equal(1, nodes[0].Weight);
        await UntilAsync(() => nodes[1].Weight == 1);
        Assert.Contains("node a: the server ended before it was confirmed", _tables.Rollouts["prod"].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_was_away_takes_the_version_that_stays_when_it_is_back()
    {
        FollowingNode[] nodes = await StartAsync("a", "b");
        await nodes[0].Server.DisposeAsync();
        await PublishAsync(nodes[1], 7);
        await UntilAsync(() => StateAt(nodes[1]) == RolloutState.Confirmed);
        await nodes[0].StartAsync();
        await UntilAsync(() => nodes[0].Weight == 7);
        Assert.Null(nodes[0].Server.Pending);
    }

    [Fact]
    public async Task A_restored_store_takes_no_node_to_an_older_version()
    {
        FollowingNode[] nodes = await StartAsync("a");
        FollowingNode a = nodes[0];
        await ConfirmedAsync(nodes, 7);
        MemoryRollout old = _tables.Rollouts["prod"];
        await ConfirmedAsync(nodes, 8);
        lock (_tables.Lock) _tables.Rollouts["prod"] = old;
        await UntilAsync(() => a.Said?.State == NodeConfigState.Diverged);
        Assert.Equal(8, a.Weight);
        Assert.Contains("it runs version 2, and the store is at 1", a.Said!.Reason, StringComparison.Ordinal);
        Assert.Equal(3, (await PublishAsync(a, 9)).Version);
        await UntilAsync(() => a.Weight == 9);
    }

    [Fact]
    public async Task What_is_not_valid_on_the_node_that_is_asked_is_published_nowhere()
    {
        FollowingNode[] nodes = await StartAsync("a");
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => PublishAsync(nodes[0], "exits: [{ name: a, type: nonsense }]"));
        Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
        Assert.NotEmpty(refused.ConfigErrors);
        Assert.Null(await nodes[0].Server.GetRolloutAsync());
        ConfigDifference change = Assert.Single(await nodes[0].Server.CheckRolloutAsync(Document("exits: [{ name: a, type: direct, weight: 7 }]")));
        Assert.Contains("weight", change.Path, StringComparison.Ordinal);
    }

    private static RolloutState? StateAt(FollowingNode node) => node.Server.GetStatus().Fleet?.Rollout?.State;

    private static ConfigDocument Document(string text) => new(text, null);

    private static Task<RolloutStatus> PublishAsync(FollowingNode node, int weight, RolloutRequest? request = null) =>
        PublishAsync(node, $"exits: [{{ name: a, type: direct, weight: {weight} }}]", request);

    private static Task<RolloutStatus> PublishAsync(FollowingNode node, string text, RolloutRequest? request = null) =>
        node.Server.PublishConfigAsync(Document(text), (request ?? new RolloutRequest()) with { Who = "ops" });

    private async Task ConfirmedAsync(FollowingNode[] nodes, int weight)
    {
        int version = (await PublishAsync(nodes[0], weight)).Version;
        await UntilAsync(() => nodes.All(node => node.Server.GetStatus().Fleet!.Rollout is { State: RolloutState.Confirmed } rollout
            && rollout.Version == version && node.Weight == weight && node.Server.Pending is null));
    }

    private async Task<FollowingNode[]> StartAsync(params string[] names)
    {
        foreach (string name in names) await AddAsync(name);
        await UntilAsync(() => _nodes.All(node => node.Server.GetStatus().Fleet!.Nodes.Count(other => other.State == NodeState.Alive) == names.Length));
        return [.. _nodes];
    }

    private async Task<FollowingNode> AddAsync(string name, string more = "")
    {
        FollowingNode node = new(name, _tables, _time, more);
        _nodes.Add(node);
        node.Write(1);
        await node.StartAsync();
        await UntilAsync(() => node.Server.GetStatus().Fleet!.Reachable);
        return node;
    }

    private async Task PassAsync(TimeSpan time)
    {
        DateTimeOffset until = _time.GetUtcNow() + time;
        await UntilAsync(() => _time.GetUtcNow() >= until);
    }

    private Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    // Time goes on until the state comes, but not while the store is asked or a configuration is put in force.
    private Task UntilAsync(Func<Task<bool>> condition) => Wait.UntilAsync(async () =>
    {
        if (await condition()) return true;
        if (_nodes.All(node => node.Store.Running == 0 || node.Store.Hangs)) _time.Advance(TimeSpan.FromMilliseconds(200));
        return false;
    });
}
