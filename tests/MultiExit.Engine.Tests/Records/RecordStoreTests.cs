using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Records;

/// <summary>What becomes of the files: how they are made, dropped, set aside, and what is said of it.</summary>
public sealed class RecordStoreTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly RecordFolder _folder = new();

    private DateTimeOffset Now => _time.GetUtcNow();

    [UnixFact, UnsupportedOSPlatform("windows")]
    public async Task Files_are_for_their_owner_alone_and_one_a_day()
    {
        using (RecordStore store = _folder.Open(time: _time))
        {
            store.Add(RecordFolder.Record(1, Now.AddDays(-1)));
            store.Add(RecordFolder.Record(2, Now));
            await Wait.UntilAsync(() => _folder.Find(new RecordQuery()).Length == 2);
            foreach (string file in Directory.GetFiles(Path.GetDirectoryName(_folder.Path)!))
                if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        Assert.Equal(["records-2029-12-31.db", "records-2030-01-01.db"], _folder.Files);
        Assert.Equal([2, 1], _folder.Find(new RecordQuery()));
    }

    [Fact]
    public void A_record_that_comes_behind_the_end_is_no_fault_of_its_session()
    {
        RecordStore store = _folder.Open(time: _time);
        store.Dispose();
        store.Add(RecordFolder.Record(1, Now));
        Assert.Empty(_folder.Find(new RecordQuery()));
    }

    [Fact]
    public async Task Days_that_are_over_for_too_long_are_dropped_as_a_whole()
    {
        _folder.Write([.. Enumerable.Range(0, 5).Select(day => RecordFolder.Record(day, Now.AddDays(-day)))]);
        using RecordStore store = _folder.Open(new RecordsConfig(_folder.Path) { Keep = TimeSpan.FromDays(2) }, _time);
        await Wait.UntilAsync(() => _folder.Log("MX1074").Count() == 1);
        Assert.Equal([0, 1, 2, 3], _folder.Find(new RecordQuery()));
        // The next one has been over for two days by now.
        _time.Advance(TimeSpan.FromMinutes(1));
        store.Add(RecordFolder.Record(9, Now));
        await Wait.UntilAsync(() => _folder.Log("MX1074").Count() == 2);
        Assert.Equal([9, 0, 1, 2], _folder.Find(new RecordQuery()));
    }

    [Fact]
    public async Task The_oldest_files_go_when_all_are_too_large_and_the_one_in_use_stays()
    {
        using RecordStore store = _folder.Open(new RecordsConfig(_folder.Path) { MaxSize = 1 << 20 }, _time);
        for (int i = 0; i < 20_000; i++) store.Add(RecordFolder.Record(i, Now.AddMilliseconds(i)));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery { Limit = 10_000 }) is [19_999, ..]);
        await Wait.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            store.Add(RecordFolder.Record(0, Now));
            return _folder.Log("MX1074").Any(line => line.Contains("records.max_size", StringComparison.Ordinal));
        });
        // A day that is larger has several files, so that not all of it goes.
        await Wait.UntilAsync(() => PartitionFile.List(_folder.Path).Sum(file => file.Size) < 2 << 20);
        Assert.Contains("records-2030-01-01.2.db", string.Concat(_folder.Log("MX1074")), StringComparison.Ordinal);
        Assert.NotEmpty(_folder.Find(new RecordQuery()));
    }

    [Fact]
    public void A_day_with_several_files_is_searched_as_one()
    {
        PartitionFile first = PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1)), second = PartitionFile.Of(_folder.Path, first.Day, 2);
        _folder.Write([.. Enumerable.Range(0, 1500).Select(i => RecordFolder.Record(i, Now.AddMilliseconds(i)))]);
        File.Move(first.Path, first.Path + ".kept");
        _folder.Write([.. Enumerable.Range(0, 1500).Select(i => RecordFolder.Record(i + 1500, Now.AddMilliseconds(i + 0.5)))]);
        File.Move(first.Path, second.Path);
        File.Move(first.Path + ".kept", first.Path);
        long[] found = _folder.Find(new RecordQuery { Limit = 100 });
        Assert.Equal(Enumerable.Range(0, 1500).Reverse().SelectMany(i => (long[])[i + 1500, i]), found);
    }

    [Theory]
    [InlineData(0, "this is no database, and it is longer than the head of one would be: some hundred bytes of nothing that makes sense to anybody")]
    [InlineData(4096 * 2, "this page was overwritten by something else")]
    public async Task A_damaged_file_is_set_aside_and_a_new_one_begun(int offset, string text)
    {
        _folder.Write([.. Enumerable.Range(0, 1000).Select(i => RecordFolder.Record(i, Now.AddMilliseconds(i)))]);
        string damaged = PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1)).Path;
        using (FileStream file = new(damaged, FileMode.Open))
        {
            file.Position = offset;
            for (int i = 0; i < (offset == 0 ? 1 : 200); i++) file.Write(System.Text.Encoding.ASCII.GetBytes(text));
        }
        byte[] content = File.ReadAllBytes(damaged);
        using RecordStore store = _folder.Open(time: _time);
        await Wait.UntilAsync(() =>
        {
            store.Add(RecordFolder.Record(5000, Now.AddSeconds(2)));
            store.Search.Run(new RecordQuery { Limit = 10_000 }, TimeProvider.System, default);
            return _folder.Reports.Warnings.Any();
        });
        ServerWarning warning = Assert.Single(_folder.Reports.Warnings);
        Assert.Equal("MX1072", warning.Id);
        string aside = Assert.Single(_folder.Files, file => file.EndsWith(".db.damaged-20300101T000000Z", StringComparison.Ordinal));
        Assert.Contains(aside, warning.Message, StringComparison.Ordinal);
        if (offset == 0) Assert.Equal(content, File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(_folder.Path)!, aside)));
        store.Add(RecordFolder.Record(6000, Now.AddSeconds(3)));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()) is [6000, ..]);
        Assert.Empty(_folder.Faults.Warnings);
    }

    [Fact]
    public async Task A_store_that_another_process_holds_is_written_when_it_lets_go()
    {
        using RecordStore store = _folder.Open(time: _time);
        await Wait.UntilAsync(() => _folder.Files.Contains("records-2030-01-01.db"));
        using (SqliteConnection other = new($"Data Source={PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1)).Path};Pooling=False"))
        {
            other.Open();
            await Wait.UntilAsync(() =>
            {
                try
                {
                    Sqlite.Run(other, "BEGIN IMMEDIATE");
                    return true;
                }
                catch (SqliteException)
                {
                    return false; // it is being made
                }
            });
            store.Add(RecordFolder.Record(1, Now));
            await Wait.UntilAsync(() => _folder.Faults.Warnings.Any());
            Assert.Contains("another process holds it", Assert.Single(_folder.Faults.Warnings).Message, StringComparison.Ordinal);
            Assert.Equal("MX1070", Assert.Single(_folder.Faults.Warnings).Id);
            store.Add(RecordFolder.Record(2, Now.AddSeconds(1)));
            Sqlite.Run(other, "ROLLBACK");
        }
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()).SequenceEqual([2L, 1L]));
        await Wait.UntilAsync(() => !_folder.Faults.Warnings.Any());
        Assert.Single(_folder.Log("MX1070"));
        Assert.Single(_folder.Log("MX1021"));
    }

    [Fact]
    public async Task A_queue_without_room_drops_what_comes_and_says_so_once()
    {
        using RecordStore store = _folder.Open(time: _time, capacity: 10);
        for (int i = 0; i < 1000; i++) store.Add(RecordFolder.Record(i, Now.AddMilliseconds(i)));
        Assert.Single(_folder.Log("MX1071"));
        Assert.InRange(store.Dropped, 900, 990);
        await Wait.UntilAsync(() => _folder.Log("MX1075").Any());
        Assert.EndsWith($" in time: {store.Dropped}", Assert.Single(_folder.Log("MX1075")), StringComparison.Ordinal);
        Assert.Equal(1000 - store.Dropped, _folder.Find(new RecordQuery()).Length);
    }

    [Fact]
    public async Task A_start_after_a_crash_says_until_when_there_are_records()
    {
        using (RecordStore crashed = _folder.Open(time: _time))
        {
            crashed.Add(RecordFolder.Record(1, Now.AddHours(1)));
            await Wait.UntilAsync(() => _folder.Find(new RecordQuery()).Length == 1);
            // What a process that was killed leaves.
            foreach (string file in _folder.Files) File.Copy(Sibling(file), Sibling(file) + ".kept");
        }
        foreach (string file in _folder.Files.Where(file => !file.EndsWith(".kept", StringComparison.Ordinal))) File.Delete(Sibling(file));
        foreach (string file in _folder.Files) File.Move(Sibling(file), Sibling(file)[..^5]);
        _time.Advance(TimeSpan.FromDays(1));
        using (RecordStore next = _folder.Open(time: _time))
        {
            await Wait.UntilAsync(() => _folder.Reports.Warnings.Any());
            ServerWarning warning = Assert.Single(_folder.Reports.Warnings);
            Assert.Equal("MX1073", warning.Id);
            Assert.EndsWith("the last record is of 2030-01-01 01:00:00.000Z", warning.Message, StringComparison.Ordinal);
            Assert.Equal([1], _folder.Find(new RecordQuery()));
        }
        _folder.Reports.Forget();
        using RecordStore after = _folder.Open(time: _time);
        after.Add(RecordFolder.Record(2, Now));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()).Length == 2);
        Assert.Empty(_folder.Reports.Warnings);
    }

    [Fact]
    public async Task A_file_that_is_complete_gets_its_indexes_and_is_one_file()
    {
        PartitionFile first = PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1));
        using RecordStore store = _folder.Open(time: _time);
        store.Add(RecordFolder.Record(1, Now) with { User = "alice" });
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()).Length == 1);
        Assert.Equal(0L, Count(first));
        store.Add(RecordFolder.Record(2, Now.AddDays(1)) with { User = "alice" });
        await Wait.UntilAsync(() => Count(first) == 3L && !File.Exists(first.Path + "-wal"));
        RecordQuery[] queries =
        [
            new() { Source = System.Net.IPEndPoint.Parse("198.51.100.10:41822"), At = Now }, new() { User = "alice" }, new() { Destination = "example.com" },
            new() { Destination = "example.com:443" },
        ];
        foreach (RecordQuery query in queries)
        {
            Assert.Contains(1L, _folder.Find(query));
            Assert.Matches("USING INDEX record_(source|user|host) ", Plan(first, query));
        }

        static long Count(PartitionFile file)
        {
            using SqliteConnection connection = Sqlite.OpenRead(file.Path);
            return (long)Sqlite.Run(connection, "SELECT count(*) FROM sqlite_master WHERE name IN ('record_source', 'record_user', 'record_host')")!;
        }
    }

    [Fact]
    public async Task A_clock_that_was_set_back_loses_no_record()
    {
        using RecordStore store = _folder.Open(time: _time);
        for (int i = 0; i < 50; i++) store.Add(RecordFolder.Record(i, Now.AddHours(1)));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()).Length == 50);
        for (int i = 50; i < 100; i++) store.Add(RecordFolder.Record(i, Now));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()).Length == 100);
        for (int i = 100; i < 150; i++) store.Add(RecordFolder.Record(i, Now.AddHours(1)));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()).Length == 150);
        Assert.Equal(50, _folder.Find(new RecordQuery { Until = Now.AddMinutes(1) }).Length);
    }

    [Fact]
    public void A_file_of_an_earlier_version_gets_the_columns_that_it_lacks()
    {
        PartitionFile file = PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1));
        using (SqliteConnection earlier = Sqlite.OpenWrite(file.Path))
        {
            Sqlite.Run(earlier, "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID");
            Sqlite.Run(earlier, "CREATE TABLE record (key INTEGER PRIMARY KEY, ended, started, source, client, local, destination, id, later)");
            Sqlite.Run(earlier, "INSERT INTO record VALUES (18934560000000000, 18934560000000000, 18934560000000000, '192.0.2.1:1', '192.0.2.2:1', "
                + "'192.0.2.3:1', 'a:1', 7, 8)");
        }
        Assert.Equal([7], _folder.Find(new RecordQuery { Destination = "a" }));
        _folder.Write(RecordFolder.Record(8, Now.AddMinutes(1)));
        Assert.Equal([8, 7], _folder.Find(new RecordQuery()));
    }

    [LinuxFact("pipes and links")]
    public async Task What_is_no_file_of_its_own_is_not_written()
    {
        string path = PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1)).Path;
        string target = Sibling("other");
        File.WriteAllText(target, "");
        File.CreateSymbolicLink(path, target);
        using RecordStore store = _folder.Open(time: _time);
        store.Add(RecordFolder.Record(1, Now));
        await Wait.UntilAsync(() => _folder.Faults.Warnings.Any());
        Assert.Contains("is there and is no regular file", Assert.Single(_folder.Faults.Warnings).Message, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(target));
        File.Delete(path);
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()).Length == 1);
    }

    [SmallDiskFact]
    public async Task A_full_disk_costs_nothing_that_is_not_written_when_there_is_room()
    {
        using SmallDisk disk = new("4m");
        using RecordFolder folder = new(disk.Root);
        disk.Fill();
        using RecordStore store = folder.Open(time: _time);
        await Wait.UntilAsync(() => folder.Faults.Warnings.Any());
        for (int i = 0; i < 200; i++) store.Add(RecordFolder.Record(i, Now.AddMilliseconds(i)));
        disk.Empty();
        await Wait.UntilAsync(() => !folder.Faults.Warnings.Any());
        await Wait.UntilAsync(() => folder.Find(new RecordQuery()).Length == 200);
        // Full in the middle of it.
        disk.Fill();
        for (int i = 200; i < 2000; i++) store.Add(RecordFolder.Record(i, Now.AddMilliseconds(i)));
        await Wait.UntilAsync(() => folder.Faults.Warnings.Any());
        Assert.Equal("MX1070", Assert.Single(folder.Faults.Warnings).Id);
        Assert.Empty(folder.Reports.Warnings);
        disk.Empty();
        store.Add(RecordFolder.Record(2000, Now.AddSeconds(3)));
        await Wait.UntilAsync(() => folder.Find(new RecordQuery { Limit = 10_000 }).Length == 2001);
    }

    public void Dispose() => _folder.Dispose();

    private static string Plan(PartitionFile file, RecordQuery query)
    {
        RecordFilter filter = new(query);
        using SqliteConnection connection = Sqlite.OpenRead(file.Path);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN SELECT * FROM record WHERE {filter.Sql} ORDER BY key DESC LIMIT $limit";
        filter.Bind(command);
        RecordFilter.Bind(command, 0, long.MaxValue, 10);
        using SqliteDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        string plan = reader.GetString(3);
        Assert.False(reader.Read(), "it is sorted");
        return plan;
    }

    private string Sibling(string name) => Path.Combine(Path.GetDirectoryName(_folder.Path)!, name);
}
