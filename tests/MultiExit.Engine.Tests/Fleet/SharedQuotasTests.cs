using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Fleet.Quotas;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A quota is that of all nodes together.</summary>
public sealed class SharedQuotasTests : IDisposable
{
    internal const long MiB = 1 << 20, Quota = 64 * MiB;

    private readonly string _folder = Directory.CreateTempSubdirectory("mx-quota").FullName;
    private readonly ManualTimeProvider _storeTime = new();
    private readonly MemoryTables _tables;
    private readonly ScriptedStore _store;

    public SharedQuotasTests()
    {
        _tables = new MemoryTables(_storeTime);
        _store = new ScriptedStore(_tables, _storeTime);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("works")]
    [InlineData("loses every second answer")]
    [InlineData("fails every second time")]
    [InlineData("fails from the middle on")]
    [InlineData("hangs from the middle on")]
    [InlineData("is away now and then")]
    [InlineData("was never there")]
    public async Task Three_nodes_that_spend_one_quota_at_once_pass_it_by_no_more_than_is_stated(string store)
    {
        QuotaNode[] nodes = [.. "abc".Select(name => new QuotaNode(name.ToString(), _folder, Quota))];
        // The clock of one of them is wrong.
        nodes[2].Time.WallOffset = TimeSpan.FromMinutes(1);
        foreach (QuotaNode node in nodes) await node.JoinAsync(_store);
        long passed = await SpendAsync(nodes, step =>
        {
            _store.LosesAnswers = store == "loses every second answer";
            _store.FailsEverySecond = store == "fails every second time";
            _store.Fails = store == "was never there" || (store == "fails from the middle on" && step > 80)
                || (store == "is away now and then" && step / 20 % 2 == 1);
            _store.Hangs = store == "hangs from the middle on" && step > 80;
        });
        Assert.InRange(passed, 0, Quota + 3 * FleetQuota.ChunkOf(Quota) + Quota / 100);
        if (store is "works" or "loses every second answer" or "is away now and then")
            Assert.InRange(passed, Quota - 3 * FleetQuota.ChunkOf(Quota), long.MaxValue);
    }

    [Fact]
    public async Task While_the_store_is_away_users_go_on_a_little_or_not_at_all_and_it_is_merged_afterwards()
    {
        QuotaNode allowing = new("a", _folder, Quota), refusing = new("b", _folder, Quota, mayOverdraw: false);
        foreach (QuotaNode node in new[] { allowing, refusing })
        {
            await node.JoinAsync(_store);
            Assert.Equal(QuotaState.Left, node.State);
            Assert.True(node.IsWoken);
            Assert.True(await node.ExchangeAsync(_store));
        }
        _store.Fails = true;
        long[] passed = [await SpendAsync([allowing]), await SpendAsync([refusing])];
        Assert.InRange(passed[1], 1, FleetQuota.ChunkOf(Quota) + MiB / 4);
        Assert.InRange(passed[0], passed[1] + MiB / 2, 2 * FleetQuota.ChunkOf(Quota) + MiB / 4);
        Assert.Equal((QuotaState.Unknown, QuotaState.Unknown), (allowing.State, refusing.State));
        // A new process has no more than the one before.
        allowing.Save();
        allowing.Dispose();
        QuotaNode again = new("a", _folder, Quota);
        await again.JoinAsync(new MemoryStore(_tables));
        again.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(await again.ExchangeAsync(_store));
        Assert.Equal(QuotaState.Unknown, again.State);
        _store.Fails = false;
        Assert.True(await again.ExchangeAsync(_store) && await refusing.ExchangeAsync(_store));
        Assert.Equal((QuotaState.Left, QuotaState.Left), (again.State, refusing.State));
        Assert.Equal(passed.Sum(), refusing.UsedByAll);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_used_before_a_server_was_a_node_is_merged_once(bool losesAnswers)
    {
        _store.LosesAnswers = losesAnswers;
        QuotaNode alone = new("a", _folder, Quota), other = new("b", _folder, Quota);
        alone.Use(5 * MiB);
        alone.Save();
        alone.Dispose();
        await other.JoinAsync(new MemoryStore(_tables));
        for (int life = 0; life < 3; life++)
        {
            using QuotaNode node = new("a", _folder, Quota);
            await node.JoinAsync(new MemoryStore(_tables));
            for (int i = 0; i < 4; i++) await node.ExchangeAsync(_store);
        }
        _store.LosesAnswers = false;
        Assert.True(await other.ExchangeAsync(_store));
        Assert.Equal(5 * MiB, other.UsedByAll);
    }

    [Fact]
    public async Task What_a_crash_has_lost_of_the_file_is_known_from_the_fleet_and_a_lost_file_is_another_count()
    {
        QuotaNode node = new("a", _folder, Quota);
        await node.JoinAsync(_store);
        Assert.True(await node.ExchangeAsync(_store));
        node.Use(MiB);
        Assert.True(await node.ExchangeAsync(_store));
        node.Dispose();
        // Not saved since the first exchange.
        QuotaNode after = new("a", _folder, Quota);
        await after.JoinAsync(_store);
        after.Use(10);
        Assert.True(await after.ExchangeAsync(_store));
        // What has passed since the start is in the difference.
        Assert.InRange(after.UsedByAll, MiB, MiB + 10);
        after.Dispose();
        foreach (string file in Directory.GetFiles(_folder)) File.Delete(file);
        QuotaNode lost = new("a", _folder, Quota);
        await lost.JoinAsync(_store);
        lost.Use(7);
        Assert.True(await lost.ExchangeAsync(_store));
        Assert.InRange(lost.UsedByAll, MiB + 7, MiB + 17);
    }

    [Fact]
    public async Task A_node_that_leaves_and_a_user_that_is_idle_give_back_what_they_do_not_use()
    {
        QuotaNode a = new("a", _folder, 10 * MiB), b = new("b", _folder, 10 * MiB);
        foreach (QuotaNode node in new[] { a, b })
        {
            await node.JoinAsync(_store);
            Assert.Equal(1000, node.Move(1000));
            Assert.True(await node.ExchangeAsync(_store));
        }
        Assert.All(_tables.Quotas.Values, row => Assert.InRange(row.Reserved, MiB / 2, 2 * MiB));
        a.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(await a.ExchangeAsync(_store));
        await b.LeaveAsync(_store);
        Assert.All(_tables.Quotas.Values, row => Assert.Equal((1000, 1000), (row.Spent, row.Reserved)));
    }

    [Fact]
    public async Task The_month_is_that_of_the_store_whatever_the_clock_of_a_node_says()
    {
        QuotaNode node = new("a", _folder, Quota);
        node.Time.WallOffset = TimeSpan.FromMinutes(1);
        Advance(TimeSpan.FromDays(30), node);
        await node.JoinAsync(_store);
        Assert.True(await node.ExchangeAsync(_store));
        Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(30), node);
        node.Use(10 * MiB);
        // By its own clock it is February for half a minute now.
        Assert.True(await node.ExchangeAsync(_store));
        Assert.Equal(("2030-01", 10 * MiB), (node.Month, node.UsedByAll));
        Advance(TimeSpan.FromSeconds(31), node);
        Assert.Equal(("2030-02", 0), (node.Month, node.UsedByAll));
        Assert.True(await node.ExchangeAsync(_store));
        Assert.Equal(QuotaState.Left, node.State);
    }

    [Fact]
    public async Task A_server_that_is_the_node_no_more_writes_nothing()
    {
        QuotaNode old = new("a", _folder, Quota);
        await old.JoinAsync(_store);
        await _store.Nodes.JoinAsync(NodeStoreContract.Node("a"), 0, default);
        old.Use(MiB);
        Assert.True(await old.ExchangeAsync(_store));
        Assert.Empty(_tables.Quotas);
    }

    private void Advance(TimeSpan by, QuotaNode node)
    {
        _storeTime.Advance(by);
        node.Time.Advance(by);
    }

    // A second at a time, each of which moves a part of a chunk; an exchange when one is asked for, and every five seconds.
    private async Task<long> SpendAsync(QuotaNode[] nodes, Action<int>? script = null)
    {
        long passed = 0;
        for (int step = 0; step < 600; step++)
        {
            script?.Invoke(step);
            foreach (QuotaNode node in nodes)
            {
                passed += node.Move(MiB / 8);
                if (node.IsWoken || step % 5 == 0) await node.ExchangeAsync(_store);
                node.Time.Advance(TimeSpan.FromSeconds(1));
            }
            _storeTime.Advance(TimeSpan.FromSeconds(1));
        }
        return passed;
    }
}
