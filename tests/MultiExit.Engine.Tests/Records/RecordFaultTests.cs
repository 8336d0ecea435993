using Microsoft.Data.Sqlite;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Records;

/// <summary>Files and rows that no server has written.</summary>
public sealed class RecordFaultTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly RecordFolder _folder = new();

    private DateTimeOffset Now => _time.GetUtcNow();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_of_the_last_day_that_there_is_stops_no_retention()
    {
        _folder.Write(RecordFolder.Record(1, Now.AddDays(-9)), RecordFolder.Record(2, Now));
        File.WriteAllText(PartitionFile.Of(_folder.Path, DateOnly.MaxValue).Path, "");
        using RecordStore store = _folder.Open(new RecordsConfig(_folder.Path) { Keep = TimeSpan.FromDays(2) }, _time);
        await Wait.UntilAsync(() => _folder.Log("MX1074").Any());
        Assert.Empty(_folder.Log("MX9000"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_cannot_be_read_for_an_instant_fails_no_search(bool stays)
    {
        _folder.Write(RecordFolder.Record(1, Now));
        // What lies beside a file is looked at before the file is read.
        string journal = PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1)).Path + "-journal";
        Directory.CreateDirectory(journal);
        RecordSearch search = new(_folder.Path, _ => { });
        if (stays)
        {
            string message = Assert.Throws<ProxyException>(() => search.Run(new RecordQuery(), TimeProvider.System, default)).Message;
            Assert.EndsWith("records.db cannot be read: SQLite Error 10: 'disk I/O error' (extended code 266)", message, StringComparison.Ordinal);
            return;
        }
        HookedClock clock = new(beginning => { if (beginning == 2) Directory.Delete(journal); });
        Assert.Equal([1L], search.Run(new RecordQuery(), clock, default).Records.Select(record => record.Id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_file_with_tables_of_another_form_is_set_aside(int day)
    {
        Run(PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1).AddDays(day)), "CREATE TABLE record (started, a); CREATE TABLE meta (b)");
        using RecordStore store = _folder.Open(time: _time);
        store.Add(RecordFolder.Record(1, Now));
        await Wait.UntilAsync(() => _folder.Reports.Warnings.Any() && _folder.Find(new RecordQuery()) is [1]);
        Assert.Equal("MX1072", Assert.Single(_folder.Reports.Warnings).Id);
        Assert.Empty(_folder.Faults.Warnings);
    }

    [LinuxFact("links")]
    public async Task A_file_of_yesterday_that_cannot_be_opened_keeps_no_record_of_today_waiting()
    {
        string yesterday = PartitionFile.Of(_folder.Path, new DateOnly(2029, 12, 31)).Path;
        File.CreateSymbolicLink(yesterday, "/nowhere");
        using RecordStore store = _folder.Open(time: _time);
        store.Add(RecordFolder.Record(1, Now));
        await Wait.UntilAsync(() => File.Exists(PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1)).Path));
        File.Delete(yesterday);
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()) is [1]);
        Assert.Empty(_folder.Faults.Warnings);
    }

    [LinuxFact("links")]
    public void A_link_in_the_place_of_a_file_fails_no_search_and_is_told()
    {
        _folder.Write(RecordFolder.Record(1, Now));
        PartitionFile[] links = [.. Enumerable.Range(1, 2).Select(day => PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1).AddDays(-day)))];
        File.CreateSymbolicLink(links[0].Path, PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1)).Path);
        File.CreateSymbolicLink(links[1].Path, links[1].Path);
        List<PartitionFile> told = [];
        RecordPage page = new RecordSearch(_folder.Path, told.Add).Run(new RecordQuery(), TimeProvider.System, default);
        Assert.Equal([1L], page.Records.Select(record => record.Id));
        Assert.Equal(links, told);
        Assert.StartsWith(links[1].Path + ".damaged-", links[1].SetAside(Now), StringComparison.Ordinal);
        Assert.False(File.Exists(links[1].Path));
    }

    [Fact]
    public async Task A_key_that_is_no_time_stops_no_store()
    {
        _folder.Write(RecordFolder.Record(1, Now));
        Run(PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1)),
            "UPDATE record SET key = 9223372036854775807; INSERT INTO meta VALUES ('open', 1)");
        using RecordStore store = _folder.Open(time: _time);
        store.Add(RecordFolder.Record(2, Now));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()) is [2]);
        Assert.Empty(_folder.Log("MX9000"));
    }

    [Theory]
    [InlineData("dial_ms = 9e999")]
    [InlineData("duration_ms = -9e999")]
    [InlineData("attempts = '[{\"exit\":\"wan1\",\"ms\":1e999}]'")]
    [InlineData("attempts = '[null]'")]
    [InlineData("attempts = '[{\"ms\":1}]'")]
    public void A_row_that_cannot_be_said_in_JSON_is_left_out(string change)
    {
        _folder.Write(RecordFolder.Record(1, Now), RecordFolder.Record(2, Now));
        Run(PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1)), $"UPDATE record SET {change} WHERE id = 2");
        Assert.Equal([1], _folder.Find(new RecordQuery()));
    }

    [UnixFact]
    public async Task A_file_that_is_deleted_while_it_is_written_is_begun_anew()
    {
        using RecordStore store = _folder.Open(time: _time);
        store.Add(RecordFolder.Record(1, Now));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()) is [1]);
        File.Delete(PartitionFile.Of(_folder.Path, new DateOnly(2030, 1, 1)).Path);
        store.Add(RecordFolder.Record(2, Now.AddSeconds(1)));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()) is [2]);
    }

    [LinuxFact("files that are deleted while they are open")]
    public async Task A_log_that_is_deleted_while_its_file_is_written_loses_no_record()
    {
        using RecordStore store = _folder.Open(time: _time);
        store.Add(RecordFolder.Record(1, Now));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()) is [1]);
        foreach (string beside in _folder.Files.Where(file => !file.EndsWith(".db", StringComparison.Ordinal)))
            File.Delete(Path.Combine(Path.GetDirectoryName(_folder.Path)!, beside));
        // The one who asks finds it, and has it mended.
        Assert.Equal([1L], store.Search.Run(new RecordQuery(), _time, default).Records.Select(record => record.Id));
        store.Add(RecordFolder.Record(2, Now));
        await Wait.UntilAsync(() => _folder.Find(new RecordQuery()) is [2, 1]);
        Assert.Empty(_folder.Faults.Warnings);
    }

    [Fact]
    public void A_session_that_ends_while_the_store_is_closed_is_no_fault()
    {
        RecordStore store = _folder.Open(time: _time);
        store.Dispose();
        store.Add(RecordFolder.Record(1, Now));
    }

    private static void Run(PartitionFile file, string sql)
    {
        using SqliteConnection connection = Sqlite.OpenWrite(file.Path);
        Sqlite.Run(connection, sql);
    }

    // Each attempt looks at the clock when it begins.
    private sealed class HookedClock(Action<int> looked) : TimeProvider
    {
        private int _looks;

        public override long GetTimestamp()
        {
            looked(++_looks);
            return base.GetTimestamp();
        }
    }
}
