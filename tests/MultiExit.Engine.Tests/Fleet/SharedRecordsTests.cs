using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Records;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>The records of a node get into the store, once each, whatever the store and the clock do.</summary>
public sealed class SharedRecordsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly EngineLog _log = new(LogFactory.Create(new LoggingConfig(), console: false));
    private readonly TemporaryFolder _folder = new(inMemory: true);
    private readonly MemoryTables _tables;
    private readonly ScriptedStore _store;
    private readonly RecordLosses _losses;

    public SharedRecordsTests()
    {
        RecordKeeper.Prepare(Config);
        _tables = new MemoryTables(_time);
        _store = new ScriptedStore(_tables, _time);
        _losses = new RecordLosses(_log);
    }

    private RecordsConfig Config => new(_folder["records.db"]);

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_record_is_in_the_store_within_a_minute_with_the_name_of_its_node()
    {
        using RecordKeeper keeper = Keeper();
        await using FleetNode node = await JoinAsync("a", keeper);
        keeper.Add(Record(1));
        await UntilWrittenAsync(keeper, 1);
        DateTimeOffset written = _time.GetUtcNow();
        await UntilAsync(() => Ids is [1]);
        Assert.InRange(_time.GetUtcNow() - written, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal(("prod", "a"), _tables.Records[0] is { } row ? (row.Fleet, row.Node) : default);
    }

    [Fact]
    public async Task What_ended_while_the_store_was_away_is_there_when_it_is_back_also_after_a_restart()
    {
        using (RecordKeeper keeper = Keeper())
        {
            FleetNode node = await JoinAsync("a", keeper);
            keeper.Add(Record(1));
            await UntilAsync(() => Ids is [1]);
            _store.Fails = true;
            await UntilAsync(() => !node.Status.Reachable);
            keeper.Add(Record(2));
            await node.DisposeAsync();
        }
        using (RecordKeeper keeper = Keeper())
        {
            keeper.Add(Record(3));
            _store.Fails = false;
            await using FleetNode node = await JoinAsync("a", keeper);
            await UntilAsync(() => Ids is [1, 2, 3]);
        }
        Assert.Equal(0, _losses.Count);
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_made_again_and_counts_once()
    {
        using RecordKeeper keeper = Keeper();
        using SharedRecords work = new(keeper, _losses, () => true, _time);
        FleetMember member = new("prod", "a", await _store.Nodes.JoinAsync(NodeStoreContract.Node("a"), 0, default), []);
        int lost = 0;
        for (int i = 1; i <= 8; i++)
        {
            keeper.Add(Record(i) with { Detail = i % 4 == 0 ? new string('x', 40_000) : null });
            await UntilWrittenAsync(keeper, i);
            _store.LosesAnswers = true;
            try
            {
                await work.RunAsync(_store, member, default);
            }
            catch (ProxyException)
            {
                lost++;
            }
        }
        Assert.True(lost >= 3);
        _store.LosesAnswers = false;
        await work.RunAsync(_store, member, default);
        Assert.Equal([1L, 2, 3, 5, 6, 7], Ids);
        Assert.Equal(2, _losses.Count);
    }

    [Fact]
    public async Task A_store_that_was_restored_gets_again_what_it_has_lost()
    {
        using RecordKeeper keeper = Keeper();
        await using FleetNode node = await JoinAsync("a", keeper);
        for (int i = 1; i <= 3; i++) keeper.Add(Record(i));
        await UntilAsync(() => Ids.Length == 3);
        lock (_tables.Lock)
        {
            _tables.Records.RemoveAll(row => row.Record.Id > 1);
            foreach (var cursor in _tables.RecordCursors.Keys) _tables.RecordCursors[cursor] = _tables.Records[0].Key;
        }
        await UntilAsync(() => Ids is [1, 2, 3]);
    }

    [Fact]
    public async Task Records_of_a_clock_that_was_set_back_are_there_too()
    {
        using RecordKeeper keeper = Keeper();
        await using FleetNode node = await JoinAsync("a", keeper);
        _time.Advance(TimeSpan.FromHours(30));
        keeper.Add(Record(1));
        await UntilAsync(() => Ids is [1]);
        keeper.Add(Record(2) with { Ended = _time.GetUtcNow().AddHours(-25) });
        await UntilAsync(() => Ids is [1, 2]);
        keeper.Add(Record(3));
        await UntilAsync(() => Ids is [1, 2, 3]);
    }

    [Fact]
    public async Task Records_that_were_dropped_before_the_store_took_them_are_counted_and_told()
    {
        using RecordKeeper keeper = Keeper();
        await using FleetNode node = await JoinAsync("a", keeper);
        keeper.Add(Record(1));
        await UntilAsync(() => Ids is [1]);
        _store.Fails = true;
        await UntilAsync(() => !node.Status.Reachable);
        for (int i = 2; i <= 4; i++) keeper.Add(Record(i));
        await UntilWrittenAsync(keeper, 4);
        // A record of two days later closes the file of the first day, and the time to keep it is over.
        _time.Advance(TimeSpan.FromDays(2));
        keeper.Add(Record(5));
        keeper.Use(Config with { Keep = TimeSpan.FromHours(1) });
        await UntilAsync(() => _losses.Count > 0);
        Assert.Equal(3, _losses.Count);
        Assert.Equal("MX1163", Assert.Single(_losses.Warnings).Id);
        Assert.Contains("3 records", Assert.Single(_losses.Warnings).Message, StringComparison.Ordinal);
        _store.Fails = false;
        await UntilAsync(() => Ids is [1, 5]);
        Assert.Equal(3, _losses.Count);
    }

    [Fact]
    public async Task A_record_that_the_store_has_no_room_for_is_counted_and_the_others_go_on()
    {
        using RecordKeeper keeper = Keeper();
        await using FleetNode node = await JoinAsync("a", keeper);
        keeper.Add(Record(1) with { Detail = new string('x', 40_000) });
        keeper.Add(Record(2));
        keeper.Add(Record(3) with { Ended = _time.GetUtcNow().AddYears(3) });
        await UntilAsync(() => _losses.Count == 2);
        Assert.Equal([2L], Ids);
    }

    [Fact]
    public async Task Nothing_is_shared_that_ended_before_and_nothing_where_the_configuration_does_not_ask_for_it()
    {
        using RecordKeeper keeper = Keeper();
        keeper.Add(Record(1));
        _time.Advance(TimeSpan.FromHours(1));
        await using (await JoinAsync("a", keeper, isOn: false)) _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(File.Exists(Config.Path + ".fleet"));
        await using FleetNode node = await JoinAsync("a", keeper);
        keeper.Add(Record(2));
        await UntilAsync(() => Ids.Length > 0);
        Assert.Equal([2L], Ids);
    }

    private long[] Ids
    {
        get
        {
            lock (_tables.Lock) return [.. _tables.Records.Select(row => row.Record.Id).Order()];
        }
    }

    private SessionRecord Record(long id) => RecordFolder.Record(id, _time.GetUtcNow().AddSeconds(1 + id));

    // Time goes on until the state comes.
    private Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(() =>
    {
        if (condition()) return true;
        _time.Advance(TimeSpan.FromMilliseconds(500));
        return false;
    });

    // The writer of records has a clock of its own.
    private static Task UntilWrittenAsync(RecordKeeper keeper, int count) =>
        Wait.UntilAsync(async () => (await keeper.FindAsync(new RecordQuery(), default)).Records.Count == count);

    private RecordKeeper Keeper()
    {
        RecordKeeper keeper = new(_log, new StoreFaults(_log), _time, _ => { });
        keeper.Use(Config);
        return keeper;
    }

    private async Task<FleetNode> JoinAsync(string name, RecordKeeper keeper, bool isOn = true)
    {
        FleetConfig config = new(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", name);
        FleetNode node = new(config, _ => _store, [new SharedRecords(keeper, _losses, () => isOn, _time)], "1.2.3", _log, _time);
        await UntilAsync(() => node.Status.Reachable);
        return node;
    }
}
