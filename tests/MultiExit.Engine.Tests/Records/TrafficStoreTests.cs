using Microsoft.Data.Sqlite;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Records;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using static MultiExit.Engine.Tests.Records.TrafficFolder;

namespace MultiExit.Engine.Tests.Records;

/// <summary>The history of traffic: what counts when, and what happens to its file.</summary>
public sealed class TrafficStoreTests : IDisposable
{
    private readonly TrafficFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bytes_of_a_long_session_count_in_the_five_minutes_in_which_they_moved()
    {
        using TrafficStore store = _folder.Open();
        _folder.Live.Enqueue((Alice, new TrafficDelta(1, 0, 0, 0, 12)));
        for (int tick = 1; tick <= 25; tick++)
        {
            _folder.Live.Enqueue((Alice, new TrafficDelta(0, 0, 10, 100)));
            _folder.Time.Advance(TimeSpan.FromSeconds(30));
        }
        IReadOnlyList<TrafficRow> rows = await _folder.FindAsync(store);
        Assert.Equal([Midnight, Midnight.AddMinutes(5), Midnight.AddMinutes(10)], rows.Select(row => row.From));
        Assert.Equal([100, 100, 50], rows.Select(row => row.BytesUp));
        Assert.Equal([1000, 1000, 500], rows.Select(row => row.BytesDown));
        Assert.Equal([1, 0, 0], rows.Select(row => row.Sessions));
        Assert.All(rows, row => Assert.Equal(("alice", null, null), (row.User, row.Exit, row.Inbound)));
        Assert.InRange(rows[0].DialP95Ms!.Value, 10, 15);
        Assert.All(rows.Skip(1), row => Assert.Null(row.DialP95Ms));
    }

    [Fact]
    public async Task What_moved_before_a_boundary_counts_before_it_though_the_sample_comes_a_moment_late()
    {
        using TrafficStore store = _folder.Open();
        _folder.Time.Advance(TimeSpan.FromMinutes(4.5));
        _folder.Live.Enqueue((Alice, new TrafficDelta(0, 0, 7, 0)));
        _folder.Time.Advance(TimeSpan.FromSeconds(30.2));
        store.Add(Alice, Ended(1));
        IReadOnlyList<TrafficRow> rows = await _folder.FindAsync(store);
        Assert.Equal([(Midnight, 7L), (Midnight.AddMinutes(5), 1L)], rows.Select(row => (row.From, row.BytesUp)));
    }

    [Fact]
    public async Task After_a_machine_that_slept_bytes_count_when_they_are_found()
    {
        using TrafficStore store = _folder.Open();
        _folder.Live.Enqueue((Alice, new TrafficDelta(0, 0, 7, 0)));
        _folder.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Midnight.AddHours(1), Assert.Single(await _folder.FindAsync(store)).From);
    }

    [Fact]
    public async Task What_moved_before_there_was_a_history_is_not_in_it()
    {
        _folder.Live.Enqueue((Alice, new TrafficDelta(1, 0, 1 << 20, 0)));
        using TrafficStore store = _folder.Open();
        store.Add(Bob, Ended(1));
        Assert.Equal("bob", Assert.Single(await _folder.FindAsync(store)).User);
    }

    [Fact]
    public async Task A_server_that_starts_again_goes_on_with_the_same_five_minutes_and_a_stop_loses_nothing()
    {
        for (int i = 0; i < 3; i++)
        {
            using TrafficStore store = _folder.Open();
            store.Add(Alice, Ended(10, dialMs: 40));
            _folder.Live.Enqueue((Alice, new TrafficDelta(0, 0, 5, 0)));
            _folder.Time.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.Equal(["records.db"], _folder.Records.Files);
        using TrafficStore last = _folder.Open();
        TrafficRow row = Assert.Single(await _folder.FindAsync(last));
        Assert.Equal((Midnight, 3, 45L), (row.From, row.Sessions, row.BytesUp));
        Assert.InRange(row.DialP95Ms!.Value, 30, 50);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Path));
    }

    [Fact]
    public async Task A_crash_loses_at_most_half_a_minute()
    {
        using TrafficStore store = _folder.Open();
        store.Add(Alice, Ended(10));
        _folder.Time.Advance(TimeSpan.FromSeconds(30));
        // As another process sees the file, which a crash leaves so.
        await Wait.UntilAsync(() => File.Exists(_folder.Path)
            && TrafficReader.Run(_folder.Path, new TrafficQuery { Since = Midnight }, Midnight.AddMinutes(5), default) is [{ BytesUp: 10 }]);
    }

    [Fact]
    public async Task Steps_and_fields_add_up_the_same_rows()
    {
        using TrafficStore store = _folder.Open();
        for (int minute = 0; minute < 26 * 60; minute += 5)
        {
            store.Add(Alice, Ended(1));
            store.Add(Bob, new TrafficDelta(1, 1, 0, 2));
            _folder.Time.Advance(TimeSpan.FromMinutes(5));
        }
        DateTimeOffset end = Midnight.AddHours(26);
        TrafficQuery all = new() { By = TrafficFields.None, Since = Midnight, Until = end };
        TrafficRow whole = Assert.Single(await FindAsync(store, all));
        Assert.Equal((312L * 2, 312L, 312L, 624L), (whole.Sessions, whole.Failed, whole.BytesUp, whole.BytesDown));
        Assert.Equal(Midnight, whole.From);
        IReadOnlyList<TrafficRow> days = await FindAsync(store, all with { Step = TrafficStep.Day, By = TrafficFields.User | TrafficFields.Exit });
        Assert.Equal([("alice", "wan1", 288L), ("bob", "wan2", 288L), ("alice", "wan1", 24L), ("bob", "wan2", 24L)],
            days.Select(row => (row.User!, row.Exit!, row.Sessions)));
        IReadOnlyList<TrafficRow> hours = await FindAsync(
            store, all with { Step = TrafficStep.Hour, Since = Midnight.AddHours(1.5), By = TrafficFields.Inbound });
        Assert.Equal((25, "proxy", 24L, Midnight.AddHours(1)), (hours.Count, hours[0].Inbound, hours[0].Sessions, hours[0].From));
        TrafficRow part = Assert.Single(await FindAsync(store, all with { Since = Midnight.AddMinutes(12), Until = Midnight.AddMinutes(20) }));
        Assert.Equal((Midnight.AddMinutes(10), 4L), (part.From, part.Sessions));
    }

    [Fact]
    public async Task What_is_too_old_is_dropped_by_the_day()
    {
        using TrafficStore store = _folder.Open(new RecordsConfig(_folder.Path) { KeepHistory = TimeSpan.FromDays(2) });
        for (int hour = 0; hour < 5 * 24; hour += 12)
        {
            store.Add(Alice, Ended(1));
            await _folder.FindAsync(store);
            _folder.Time.Advance(TimeSpan.FromHours(12));
        }
        await Wait.UntilAsync(async () => (await _folder.FindAsync(store)).Count == 4);
        Assert.Equal(4, (await FindAsync(store, new TrafficQuery { Since = Midnight, Step = TrafficStep.Hour })).Count);
        Assert.Contains(_folder.Records.Log("MX1079"),
            line => line.Contains("from before 2030-01-04 was dropped (records.keep_history)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_it_is_too_large_five_minutes_go_before_hours()
    {
        RecordsConfig config = new(_folder.Path) { MaxSize = 1 << 20 };
        using TrafficStore store = _folder.Open(config);
        for (int hour = 0; hour < 10 * 24; hour += 2)
        {
            for (int user = 0; user < 20; user++) store.Add(Alice with { User = $"user{user}" }, Ended(1));
            _folder.Time.Advance(TimeSpan.FromHours(2));
        }
        await FindAsync(store, new TrafficQuery());
        _folder.Time.Advance(TimeSpan.FromMinutes(15));
        await Wait.UntilAsync(() => _folder.Records.Log("MX1079").Any());
        TrafficQuery all = new() { By = TrafficFields.None, Since = Midnight };
        TrafficRow hours = (await FindAsync(store, all with { Step = TrafficStep.Hour }))[0];
        TrafficRow intervals = (await FindAsync(store, all with { Step = TrafficStep.FiveMinutes }))[0];
        Assert.True(hours.From < intervals.From, $"{hours.From:O} {intervals.From:O}");
        Assert.All(_folder.Records.Log("MX1079"), line => Assert.Contains("records.max_size", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_file_is_set_aside_and_a_new_one_begun()
    {
        string text = new('x', 5000);
        await File.WriteAllTextAsync(_folder.Path, text, TestContext.Current.CancellationToken);
        using TrafficStore store = _folder.Open();
        store.Add(Alice, Ended(10));
        Assert.Equal(10, Assert.Single(await _folder.FindAsync(store)).BytesUp);
        ServerWarning warning = Assert.Single(_folder.Records.Reports.Warnings);
        Assert.Equal("MX1078", warning.Id);
        string aside = Assert.Single(_folder.Records.Files, file => file == "records.db.damaged-20300101T000000Z");
        Assert.Contains(aside, warning.Message, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(_folder.Path)!, aside), TestContext.Current.CancellationToken));
        Assert.Empty(_folder.Records.Faults.Warnings);
    }

    [UnixFact]
    public async Task A_file_that_is_deleted_while_it_is_written_is_begun_anew()
    {
        using TrafficStore store = _folder.Open();
        store.Add(Alice, Ended(10));
        Assert.Equal(10, Assert.Single(await _folder.FindAsync(store)).BytesUp);
        File.Delete(_folder.Path);
        store.Add(Alice, Ended(20));
        Assert.Equal(20, Assert.Single(await _folder.FindAsync(store)).BytesUp);
    }

    [Fact]
    public async Task Rows_wait_while_another_process_holds_the_file_and_it_is_said_once()
    {
        using TrafficStore store = _folder.Open();
        await _folder.FindAsync(store);
        using (SqliteConnection other = new($"Data Source={_folder.Path};Pooling=False"))
        {
            other.Open();
            Sqlite.Run(other, "BEGIN IMMEDIATE");
            for (int i = 0; i < 2; i++)
            {
                store.Add(Alice, Ended(10));
                await _folder.FindAsync(store);
            }
            ServerWarning warning = Assert.Single(_folder.Records.Faults.Warnings);
            Assert.Equal("MX1077", warning.Id);
            Assert.Contains("another process holds it", warning.Message, StringComparison.Ordinal);
            Sqlite.Run(other, "ROLLBACK");
        }
        Assert.Equal(20, Assert.Single(await _folder.FindAsync(store)).BytesUp);
        await Wait.UntilAsync(() => !_folder.Records.Faults.Warnings.Any());
        Assert.Single(_folder.Records.Log("MX1077"));
    }

    [SmallDiskFact]
    public async Task On_a_full_disk_sums_wait_and_nothing_is_lost()
    {
        using SmallDisk disk = new("4m");
        using RecordFolder folder = new(disk.Root);
        ManualTimeProvider time = new();
        using TrafficStore store = new(new RecordsConfig(folder.Path), folder.Reports, time, _ => { });
        await FindAsync(store, new TrafficQuery());
        disk.Fill();
        for (int i = 0; i < 2000; i++) store.Add(Alice with { User = $"user{i}" }, Ended(1));
        await FindAsync(store, new TrafficQuery());
        Assert.Equal("MX1077", Assert.Single(folder.Faults.Warnings).Id);
        disk.Empty();
        time.Advance(TimeSpan.FromSeconds(30));
        await Wait.UntilAsync(() => !folder.Faults.Warnings.Any());
        Assert.Equal(2000, Assert.Single(await FindAsync(store, new TrafficQuery { By = TrafficFields.None, Until = Midnight.AddHours(1) })).BytesUp);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_refused_with_what_to_do()
    {
        using TrafficStore store = _folder.Open();
        TrafficQuery query = new() { Until = Midnight.AddMinutes(5), Most = 100 };
        for (int i = 0; i < query.Most; i++) store.Add(Alice with { User = $"user{i}" }, Ended(1));
        Assert.Equal(100, (await FindAsync(store, query)).Count);
        store.Add(Alice with { User = "one more" }, Ended(1));
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => FindAsync(store, query));
        Assert.Contains("more than 100 rows; ask for a shorter time, a longer step or fewer fields", refused.Message, StringComparison.Ordinal);
    }
}
