using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A limit of a user is that of all nodes together.</summary>
public sealed class SharedLimitsTests : IAsyncDisposable
{
    private const int Limit = 30, Start = Limit / 3;
    private const long Bandwidth = 30_000_000;

    private readonly ManualTimeProvider _time = new();
    private readonly MemoryTables _tables;
    private readonly ScriptedStore _store;

    public SharedLimitsTests()
    {
        _tables = new MemoryTables(_time);
        _store = new ScriptedStore(_tables, _time);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Three_nodes_where_a_user_appears_at_once_let_in_its_limit_together_and_never_more()
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { Connections = Limit });
        for (int second = 0; second < 20; second++)
        {
            foreach (ShareNode node in nodes)
            {
                node.Open();
                if (node.IsWoken || second > 0) Assert.True(await node.ExchangeAsync(_store));
                node.Open();
                Assert.InRange(nodes.Sum(one => one.Live), 1, Limit);
            }
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal([10, 10, 10], nodes.Select(node => node.Live));
        Assert.Equal("alice has the 10 connections that are this node's share of its 30", nodes[0].Refusal);
    }

    [Fact]
    public async Task A_share_of_one_connection_is_told_as_one()
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { Connections = 3 });
        Assert.Equal(1, nodes[0].Open());
        Assert.Equal("alice has the 1 connection that is this node's share of its 3", nodes[0].Refusal);
    }

    [Fact]
    public async Task A_user_that_one_node_alone_has_gets_everything_there_within_two_seconds()
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { Connections = Limit, Associations = Limit, NewPerSecond = 900, Bandwidth = Bandwidth });
        Assert.Equal(Start, nodes[0].Open());
        nodes[0].Send(Bandwidth / 3);
        await RunAsync(nodes, 3);
        Assert.Equal(Limit - Start, nodes[0].Open());
        Assert.Equal("alice has its 30 connections", nodes[0].Refusal);
        Assert.Equal(Bandwidth, nodes[0].BytesPerSecond);
        Assert.Equal((900, Bandwidth), (nodes[0].ShareOf(ShareKind.New, 900), nodes[0].ShareOf(ShareKind.Up, Bandwidth)));
    }

    [Fact]
    public async Task What_lives_on_one_node_is_not_let_in_on_others_and_what_ends_is_theirs_within_two_seconds()
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { Connections = Limit });
        nodes[0].Open();
        await RunAsync(nodes, 3);
        nodes[0].Open();
        await RunAsync(nodes, 1);
        Assert.Equal(Limit, nodes[0].Live);
        // Until the store has answered, it has its part: that is all by which the limit can be passed.
        Assert.Equal(2, nodes[1].Open(2));
        Assert.True(nodes[1].IsWoken && await nodes[1].ExchangeAsync(_store));
        Assert.Equal(0, nodes[1].Open());
        nodes[1].Close(2);
        await RunAsync(nodes, 1);
        for (int second = 0; second < 4; second++)
        {
            Assert.Equal(0, nodes[1].Open());
            await RunAsync(nodes, 1);
        }
        for (int second = 0; second < 10; second++)
        {
            // One ends and another one is tried on both: those of the node that has too many are not replaced.
            nodes[0].Close(1);
            nodes[0].Open(1);
            nodes[1].Open();
            await RunAsync(nodes, 1);
            Assert.InRange(nodes.Sum(node => node.Live), Limit - 3, Limit);
        }
        nodes[0].Close(Limit);
        await RunAsync(nodes, 2);
        nodes[0].Open();
        nodes[1].Open();
        Assert.Equal(Limit, nodes.Sum(node => node.Live));
    }

    [Theory]
    [InlineData("works")]
    [InlineData("loses every second answer")]
    [InlineData("fails from the middle on")]
    [InlineData("hangs from the middle on")]
    [InlineData("is away now and then")]
    [InlineData("was never there")]
    public async Task Sessions_that_come_and_go_pass_the_limit_by_no_more_than_is_stated(string store)
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { Connections = Limit });
        Random random = new(20261201);
        int most = 0, refused = 0;
        for (int step = 0; step < 600; step++)
        {
            _store.LosesAnswers = store == "loses every second answer";
            _store.Fails = store == "was never there" || (store == "fails from the middle on" && step > 300)
                || (store == "is away now and then" && step / 100 % 2 == 1);
            _store.Hangs = store == "hangs from the middle on" && step > 300;
            ShareNode node = nodes[random.Next(nodes.Length)];
            if (random.Next(3) == 0) node.Close(random.Next(12));
            else node.Open(random.Next(1, 12));
            if (node.Refusal is not null) refused++;
            most = Math.Max(most, nodes.Sum(one => one.Live));
            foreach (ShareNode one in nodes)
                if (one.IsWoken || step % 5 == 0) await one.ExchangeAsync(_store);
            _time.Advance(TimeSpan.FromMilliseconds(200));
        }
        Assert.InRange(most, 1, Limit + 2 * Start);
        Assert.InRange(refused, 1, 599);
    }

    [Fact]
    public async Task While_the_store_is_away_a_node_has_its_last_share_and_then_its_part()
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { Connections = Limit, Bandwidth = Bandwidth });
        nodes[0].Open(1);
        nodes[0].Send(Bandwidth / 3);
        await RunAsync(nodes, 3);
        _store.Fails = true;
        for (int second = 0; second < 7; second++)
        {
            Assert.Equal((Limit, Bandwidth), (nodes[0].ShareOf(ShareKind.Connections, Limit), nodes[0].BytesPerSecond));
            Assert.False(await nodes[0].ExchangeAsync(_store));
            nodes[0].Sweep();
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        _time.Advance(TimeSpan.FromSeconds(1));
        nodes[0].Sweep();
        Assert.Equal((Start, Bandwidth / 3), (nodes[0].ShareOf(ShareKind.Connections, Limit), nodes[0].BytesPerSecond));
        _store.Fails = false;
        await RunAsync(nodes, 4);
        Assert.Equal(Limit, nodes[0].ShareOf(ShareKind.Connections, Limit));
    }

    [Fact]
    public async Task Users_that_came_before_the_store_did_have_their_part_on_each_node_when_it_comes()
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { Connections = Limit });
        _store.Fails = true;
        foreach (ShareNode node in nodes) Assert.Equal(1, node.Open(1));
        await RunAsync(nodes, 20);
        _store.Fails = false;
        await RunAsync(nodes, 1);
        Assert.All(nodes, node => Assert.Equal(Start, node.ShareOf(ShareKind.Connections, Limit)));
    }

    [Fact]
    public async Task Bandwidth_goes_to_the_nodes_that_use_it_and_is_even_where_all_want_more()
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { Bandwidth = Bandwidth });
        foreach (ShareNode node in nodes) node.Open(1);
        await UseAsync(nodes, 5, 1, 0, 0);
        Assert.Equal(Bandwidth, nodes[0].BytesPerSecond);
        await UseAsync(nodes, 5, 1, 1, 0.01);
        // A quarter more than what it uses is there for whoever is not held back.
        Assert.InRange(nodes[2].ShareOf(ShareKind.Up, Bandwidth), Bandwidth / 100, Bandwidth / 50);
        Assert.InRange(nodes[0].BytesPerSecond, Bandwidth * 0.48, Bandwidth * 0.5);
        Assert.InRange(nodes.Sum(node => node.ShareOf(ShareKind.Up, Bandwidth)), Bandwidth - 2, Bandwidth);
        await UseAsync(nodes, 5, 1, 1, 1);
        Assert.All(nodes, node => Assert.Equal(Bandwidth / 3, node.BytesPerSecond));
        // Who is idle keeps nothing from the others.
        await UseAsync(nodes, 20, 0, 1, 0);
        Assert.Equal(Bandwidth, nodes[1].BytesPerSecond);
        Assert.Equal(Bandwidth / 3, nodes[0].BytesPerSecond);
    }

    [Fact]
    public async Task Bandwidth_that_a_node_has_given_up_is_not_used_there_although_the_answer_was_lost()
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { Bandwidth = Bandwidth });
        foreach (ShareNode node in nodes) node.Open(1);
        await UseAsync(nodes, 5, 1, 0, 0);
        Assert.Equal(Bandwidth, nodes[0].BytesPerSecond);
        nodes[1].Send(Bandwidth);
        Assert.True(await nodes[1].ExchangeAsync(_store));
        // What it reads of the others comes before what it says.
        _store.LostCall = _store.Calls + 2;
        Assert.False(await nodes[0].ExchangeAsync(_store));
        Assert.Equal(Bandwidth / 2, nodes[0].BytesPerSecond);
        await nodes[1].ExchangeAsync(_store);
        Assert.InRange(nodes[0].BytesPerSecond + nodes[1].BytesPerSecond, Bandwidth / 2, Bandwidth);
    }

    [Fact]
    public async Task New_sessions_a_second_are_shared_and_a_node_always_lets_one_in()
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { NewPerSecond = 3 });
        int opened = 0;
        for (int second = 0; second < 20; second++)
        {
            int now = nodes.Sum(node => node.Open(20));
            // The first second is a whole one at once, on each node.
            if (second > 4) opened += now;
            await RunAsync(nodes, 1);
        }
        Assert.InRange(opened, 15 * 3 - 3, 15 * 3);
        Assert.Contains("this node's share of its 3", nodes[0].Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_leaves_gives_back_what_it_has_and_one_without_limits_asks_for_nothing()
    {
        ShareNode[] nodes = await JoinAsync(new ScopeLimits { Connections = Limit });
        nodes[0].Open();
        await RunAsync(nodes, 3);
        await nodes[0].LeaveAsync(_store);
        Assert.Empty(_tables.Shares);
        nodes[0].Dispose();
        // It is alone again.
        Assert.Equal(Limit - Start, nodes[0].Open());
        ShareNode unlimited = new("d", ScopeLimits.None, _time);
        await unlimited.JoinAsync(_store);
        int calls = _store.Calls;
        unlimited.Open(5);
        Assert.True(await unlimited.ExchangeAsync(_store) && !unlimited.IsWoken);
        Assert.Equal(calls, _store.Calls);
    }

    private async Task<ShareNode[]> JoinAsync(ScopeLimits limits)
    {
        ShareNode[] nodes = [.. "abc".Select(name => new ShareNode(name.ToString(), limits, _time))];
        foreach (ShareNode node in nodes)
        {
            await node.JoinAsync(_store);
            await node.ExchangeAsync(_store);
        }
        return nodes;
    }

    // Exchanges of all nodes, once a second.
    private async Task RunAsync(ShareNode[] nodes, int seconds)
    {
        for (int second = 0; second < seconds; second++)
        {
            foreach (ShareNode node in nodes) await node.ExchangeAsync(_store);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    // Each node sends a part of the bandwidth; where it is 1, more than it may.
    private async Task UseAsync(ShareNode[] nodes, int seconds, params double[] parts)
    {
        for (int second = 0; second < seconds; second++)
        {
            foreach ((ShareNode node, double part) in nodes.Zip(parts))
                node.Send((long)(part >= 1 ? node.BytesPerSecond * 1.25 : Bandwidth * part));
            await RunAsync(nodes, 1);
        }
    }
}
