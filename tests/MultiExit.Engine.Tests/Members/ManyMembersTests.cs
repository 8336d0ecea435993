using System.Text.Json;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Members;

/// <summary>Members that come and go by the hundreds while connections go on.</summary>
public sealed class ManyMembersTests
{
    private const int Exits = 500;

    [Theory]
    [InlineData(GroupStrategy.RoundRobin)]
    [InlineData(GroupStrategy.Weighted)]
    [InlineData(GroupStrategy.LeastConnections)]
    [InlineData(GroupStrategy.LowestLatency)]
    [InlineData(GroupStrategy.Sticky)]
    public async Task No_connection_fails_while_hundreds_of_exits_are_published_swapped_and_taken_out(GroupStrategy strategy)
    {
        await using EchoTarget target = new();
        await using TestGateway upstream = await TestGateway.StartAsync(TestGateway.Mixed());
        await using TestGateway gateway = await StartAsync(strategy);
        Publish(gateway, 0, upstream);
        using CancellationTokenSource over = new();
        Task<int>[] clients = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(ConnectAsync))];
        for (int i = 1; i < Exits; i++)
        {
            Publish(gateway, i, upstream);
            if (i % 5 == 0 && (i - 1) % 3 != 0) Publish(gateway, i - 1, upstream, ", \"weight\": 3");
            if (i % 3 == 0) Assert.True(gateway.Server.UnpublishExit("pool", Name(i)));
            if (i % 50 == 0) await Task.Yield();
        }
        await Wait.UntilAsync(() => upstream.Server.GetStatus().TotalSessions > 50);
        await over.CancelAsync();
        int served = (await Task.WhenAll(clients)).Sum();
        Assert.Equal((served, 0L), ((int)upstream.Server.GetStatus().TotalSessions, gateway.Server.GetStatus().Failed));
        Assert.Equal(Exits - (Exits - 1) / 3, gateway.Server.GetGroups()[0].Published);

        async Task<int> ConnectAsync()
        {
            int count = 0;
            for (; !over.IsCancellationRequested; count++)
            {
                // It asserts that the answer is a success.
                await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
            }
            return count;
        }
    }

    [Fact]
    public async Task A_reload_amid_publishing_loses_no_exit_and_no_connection()
    {
        await using EchoTarget target = new();
        await using TestGateway upstream = await TestGateway.StartAsync(TestGateway.Mixed());
        await using TestGateway gateway = await StartAsync(GroupStrategy.RoundRobin);
        Publish(gateway, 0, upstream);
        Task publishing = Task.Run(() =>
        {
            for (int i = 1; i < Exits; i++) Publish(gateway, i, upstream);
        });
        for (int i = 0; i < 10; i++)
        {
            await gateway.Server.ReloadAsync(gateway.Server.Config with { Limits = new LimitsConfig { Connections = 1000 + i } });
            await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        }
        await publishing;
        Assert.Equal(Exits, gateway.Server.GetMembers("pool").Count);
        Assert.Equal(0, gateway.Server.GetStatus().Failed);
    }

    [Fact]
    public async Task The_explanation_of_a_large_group_names_some_and_counts_the_rest()
    {
        await using TestGateway upstream = await TestGateway.StartAsync(TestGateway.Mixed());
        await using TestGateway gateway = await StartAsync(GroupStrategy.Random);
        for (int i = 0; i < Exits; i++) Publish(gateway, i, upstream);
        RouteExplanation told = await gateway.Server.ExplainRouteAsync(
            new RouteQuery { Destination = Pools.To("a.example"), Client = upstream.EndPoint.Address });
        Assert.Equal((50, 450), (told.Exit.Members.Count, told.Exit.MembersLeftOut));
        Assert.Contains(told.Explanation, line => line.EndsWith("and 450 more members", StringComparison.Ordinal));
    }

    [Fact]
    public void A_member_that_is_taken_out_of_a_large_group_gets_no_dial_from_then_on()
    {
        ManualTimeProvider time = new();
        Member[] first = Pools.Named([.. Enumerable.Range(0, AvailableMembers.Large + 1).Select(i => $"m{i}")]);
        ExitGroup group = new("pool", first, new Failover(), 0, time);
        Assert.Same(group.Members, group.Candidates(Pools.From("192.0.2.1")));
        Member added = Pools.Named("late")[0];
        group.List.Add(added);
        Assert.DoesNotContain(added, group.Candidates(Pools.From("192.0.2.1")));
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Contains(added, group.Candidates(Pools.From("192.0.2.1")));
        group.List.Change(new Dictionary<Member, Member?> { [first[0]] = null });
        Assert.Equal("m1", group.Choose(Pools.To("a.example"), null, Pools.From("192.0.2.1"))!.Name);
    }

    [Fact]
    public void A_list_that_grows_leaves_the_lists_before_as_they_were()
    {
        GroupMembers members = new(Pools.Named("a"));
        List<IReadOnlyList<Member>> seen = [members.Current];
        foreach (Member member in Pools.Named("b", "c", "d", "e", "f", "g", "h", "i", "j", "k"))
        {
            members.Add(member);
            seen.Add(members.Current);
        }
        members.Change(new Dictionary<Member, Member?> { [seen[^1][3]] = null, [seen[^1][5]] = Pools.Named("F")[0] }, Pools.Named("l"));
        Assert.Equal("abceFghijkl", string.Concat(members.Current.Select(member => member.Exit.Name)));
        for (int i = 0; i < seen.Count; i++) Assert.Equal("abcdefghijk"[..(i + 1)], string.Concat(seen[i].Select(member => member.Exit.Name)));
    }

    [Fact]
    public void The_state_of_a_member_that_has_gone_stays_until_nothing_of_it_is_under_way()
    {
        ExitStates states = new();
        ExitState pool = states.Own("pool"), up = states.Members.Join("up", pool);
        up.DialBegan();
        states.Members.Leave(up);
        for (int i = 0; i < 3; i++) states.Members.Sweep();
        Assert.Same(up, states.Get("up"));
        up.DialEnded();
        states.Members.Sweep();
        up.SessionBegan();
        for (int i = 0; i < 3; i++) states.Members.Sweep();
        Assert.Same(up, states.Get("up"));
        Assert.Same(up, states.Members.Join("up", pool));
        up.SessionEnded(1, 2);
        for (int i = 0; i < 3; i++) states.Members.Sweep();
        Assert.Same(up, states.Get("up"));
        states.Members.Leave(up);
        for (int i = 0; i < 2; i++) states.Members.Sweep();
        Assert.Empty(states.Members.All);
        Assert.NotSame(up, states.Members.Join("up", pool));
    }

    private static Task<TestGateway> StartAsync(GroupStrategy strategy) => TestGateway.StartAsync(TestGateway.Mixed() with
    {
        Groups = [new GroupConfig { Name = "pool", Exits = [], Strategy = strategy, Publish = new PublishConfig() }],
        Default = "pool",
    });

    private static void Publish(TestGateway gateway, int index, TestGateway upstream, string more = "") => gateway.Server.PublishExit(
        "pool", Name(index), JsonSerializer.Deserialize<JsonElement>($$"""{ "server": "socks5://{{upstream.EndPoint}}"{{more}} }"""));

    private static string Name(int index) => $"exit-{index}";
}
