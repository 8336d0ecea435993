using MultiExit.Engine.Balancing;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Fleet.Pins;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A client that had to move is at its new exit on all nodes.</summary>
public sealed class SharedPinsTests : IAsyncDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private readonly ManualTimeProvider _time = new();
    private readonly MemoryTables _tables;
    private readonly ScriptedStore _store;

    public SharedPinsTests()
    {
        _tables = new MemoryTables(_time);
        _store = new ScriptedStore(_tables, _time);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_client_that_had_to_move_on_one_node_has_its_new_exit_on_the_others_and_nobody_else_is_in_the_store()
    {
        PinNode a = await JoinAsync("a"), b = await JoinAsync("b");
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(a.Connect($"user{i}"), b.Connect($"user{i}")));
        Assert.False(a.IsWoken || b.IsWoken);
        string first = a.Connect("alice");
        a.Down.Add(first);
        string moved = a.Connect("alice");
        Assert.NotEqual(first, moved);
        Assert.True(a.IsWoken && await a.ExchangeAsync(_store) && await b.ExchangeAsync(_store));
        Assert.Equal(moved, b.Connect("alice"));
        Assert.Equal((1, 1, 1), (_tables.Pins.Count, a.Remembered, b.Remembered));
        // The exit is up again: who has moved stays, on both.
        a.Down.Clear();
        Assert.Equal((moved, moved), (a.Connect("alice"), b.Connect("alice")));
    }

    [Fact]
    public async Task Its_lifetime_begins_again_with_each_connection_on_any_node_without_a_write_for_each()
    {
        PinNode a = await JoinAsync("a"), b = await JoinAsync("b");
        (string first, string moved) = await MoveAsync(a, b);
        int calls = _store.Calls;
        for (int i = 0; i < 1000; i++) Assert.Equal(moved, b.Connect("alice"));
        Assert.False(b.IsWoken);
        Assert.Equal(calls, _store.Calls);
        for (int i = 0; i < 4; i++)
        {
            _time.Advance(Lifetime * 0.6);
            Assert.Equal(moved, b.Connect("alice"));
            Assert.True(b.IsWoken && await b.ExchangeAsync(_store) && await a.ExchangeAsync(_store));
        }
        Assert.Equal(moved, a.Connect("alice"));
        _time.Advance(Lifetime);
        Assert.Equal((first, first), (a.Connect("alice"), b.Connect("alice")));
    }

    [Fact]
    public async Task A_client_that_goes_back_does_so_on_all_nodes()
    {
        PinNode a = await JoinAsync("a"), b = await JoinAsync("b");
        (string first, string moved) = await MoveAsync(a, b);
        _time.Advance(TimeSpan.FromSeconds(1));
        b.Down.UnionWith(new[] { "e0", "e1", "e2" }.Except([first]));
        Assert.Equal(first, b.Connect("alice"));
        Assert.True(b.IsWoken && await b.ExchangeAsync(_store) && await a.ExchangeAsync(_store));
        Assert.Equal(first, a.Connect("alice"));
        Assert.Equal((0, 0), (a.Remembered, b.Remembered));
    }

    [Fact]
    public async Task While_the_store_is_away_each_node_goes_by_itself_and_the_newest_wins_afterwards()
    {
        PinNode a = await JoinAsync("a"), b = await JoinAsync("b");
        string first = a.Connect("alice");
        string[] others = [.. new[] { "e0", "e1", "e2" }.Except([first])];
        _store.Fails = true;
        a.Down.UnionWith([first, others[0]]);
        Assert.Equal(others[1], a.Connect("alice"));
        Assert.False(await a.ExchangeAsync(_store));
        _time.Advance(TimeSpan.FromMinutes(2));
        b.Down.UnionWith([first, others[1]]);
        Assert.Equal(others[0], b.Connect("alice"));
        Assert.False(await b.ExchangeAsync(_store));
        _time.Advance(TimeSpan.FromMinutes(1));
        _store.Fails = false;
        // The older one writes last.
        Assert.True(await b.ExchangeAsync(_store) && await a.ExchangeAsync(_store) && await b.ExchangeAsync(_store));
        a.Down.Clear();
        b.Down.Clear();
        Assert.Equal((others[0], others[0]), (a.Connect("alice"), b.Connect("alice")));
    }

    [Fact]
    public async Task A_node_that_was_started_anew_has_the_clients_of_before_and_tells_those_that_the_store_has_lost()
    {
        PinNode a = await JoinAsync("a"), b = await JoinAsync("b");
        (_, string moved) = await MoveAsync(a, b);
        a.Dispose();
        PinNode again = await JoinAsync("a");
        Assert.True(await again.ExchangeAsync(_store));
        Assert.Equal(moved, again.Connect("alice"));
        // The store is one of before all that.
        _tables.Pins.Clear();
        _tables.Versions.Clear();
        Assert.True(await b.ExchangeAsync(_store) && b.IsWoken && await b.ExchangeAsync(_store));
        Assert.Equal(moved, Assert.Single(_tables.Pins).Value.Member);
    }

    [Fact]
    public async Task That_the_store_has_lost_clients_is_noticed_also_when_all_of_them_are_read()
    {
        PinNode a = await JoinAsync("a"), b = await JoinAsync("b");
        (_, string moved) = await MoveAsync(a, b);
        _tables.Pins.Clear();
        _tables.Versions.Clear();
        _time.Advance(Lifetime / 2);
        Assert.True(await b.ExchangeAsync(_store) && b.IsWoken && await b.ExchangeAsync(_store));
        Assert.Equal(moved, Assert.Single(_tables.Pins).Value.Member);
    }

    [Fact]
    public async Task Where_a_group_remembers_all_its_clients_the_first_one_to_serve_a_client_says_where_it_is()
    {
        PinNode a = await JoinAsync("a", remembersAll: true), b = await JoinAsync("b", remembersAll: true);
        string served = a.Connect("alice");
        Assert.True(a.IsWoken && await a.ExchangeAsync(_store) && await b.ExchangeAsync(_store));
        Assert.Equal((1, served), (b.Remembered, b.Connect("alice")));
    }

    [Fact]
    public async Task Groups_and_exits_that_a_node_does_not_have_are_no_more_than_data()
    {
        PinNode b = await JoinAsync("b");
        string first = b.Connect("alice");
        PinNode a = await JoinAsync("a");
        FleetMember c = await ShareStoreContract.MemberAsync(_store, "c");
        await _store.Pins.WriteAsync(c, [PinStoreContract.Of("gone", 0), PinStoreContract.Of("x", 0) with { Group = "none" }], default);
        Assert.True(await b.ExchangeAsync(_store) && await a.ExchangeAsync(_store));
        Assert.Equal(first, b.Connect("alice"));
        Assert.Equal(1, b.Remembered);
    }

    [Fact]
    public async Task A_node_with_very_many_clients_tells_of_them_bit_by_bit()
    {
        PinNode a = await JoinAsync("a", remembersAll: true), b = await JoinAsync("b", remembersAll: true);
        for (int i = 0; i < 10_000; i++) a.Connect($"user{i}");
        Assert.True(await a.ExchangeAsync(_store) && await b.ExchangeAsync(_store));
        Assert.Equal((8_000, true), (b.Remembered, a.IsWoken));
        Assert.True(await a.ExchangeAsync(_store) && await b.ExchangeAsync(_store));
        Assert.Equal((10_000, false), (b.Remembered, a.IsWoken));
    }

    [Fact]
    public async Task Any_number_of_exits_may_come_and_go()
    {
        PinNode a = await JoinAsync("a"), b = await JoinAsync("b");
        FleetMember c = await ShareStoreContract.MemberAsync(_store, "c");
        SharedPin[] many = [.. Enumerable.Range(0, 10_000).Select(i => PinStoreContract.Of($"gone{i}", 0))];
        await _store.Pins.WriteAsync(c, [.. many.Select((pin, i) => pin with { Binding = pin.Binding with { Id = (UInt128)i } })], default);
        Assert.True(await b.ExchangeAsync(_store));
        Assert.Equal(10_000, b.Remembered);
        _time.Advance(Lifetime);
        await MoveAsync(a, b);
    }

    [Fact]
    public void What_others_say_is_bounded_and_of_two_words_the_newer_one_counts()
    {
        StickyTable table = new(_time, (_, _) => Assert.Fail("nobody is told what came from others"));
        UInt128 id = PinStoreContract.Client;
        table.Merge(new StickyBinding(id, "e1", TimeSpan.FromSeconds(10)), isBound: true);
        table.Merge(new StickyBinding(id, "e2", TimeSpan.FromSeconds(20)), isBound: true);
        Assert.Equal("e1", table.Get(id)!.Value.Member);
        table.Merge(new StickyBinding(id, "", TimeSpan.FromSeconds(11)), isBound: false);
        Assert.NotNull(table.Get(id));
        table.Merge(new StickyBinding(id, "", TimeSpan.FromSeconds(9)), isBound: false);
        Assert.Null(table.Get(id));
        for (int i = 0; i < StickyTable.MaxBindings + 100; i++)
            table.Merge(new StickyBinding((UInt128)i, "e1", TimeSpan.FromSeconds(i % 1000)), isBound: true);
        Assert.Equal(StickyTable.MaxBindings, table.Snapshot(out _).Count);
    }

    private async Task<PinNode> JoinAsync(string name, bool remembersAll = false)
    {
        PinNode node = new(name, _time, Lifetime, remembersAll);
        await node.JoinAsync(new MemoryStore(_tables));
        await node.ExchangeAsync(new MemoryStore(_tables));
        return node;
    }

    private async Task<(string First, string Moved)> MoveAsync(PinNode a, PinNode b)
    {
        string first = a.Connect("alice");
        a.Down.Add(first);
        string moved = a.Connect("alice");
        a.Down.Clear();
        Assert.True(await a.ExchangeAsync(_store) && await b.ExchangeAsync(_store));
        Assert.Equal(moved, b.Connect("alice"));
        return (first, moved);
    }
}
