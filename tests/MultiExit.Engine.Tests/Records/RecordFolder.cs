using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Records;

/// <summary>A record store in a folder of its own.</summary>
internal sealed class RecordFolder : IDisposable
{
    // A store that is closed leaves a disk that does not answer within seconds, and a busy one may not.
    private readonly TemporaryFolder _folder = new(inMemory: true);
    private readonly MemoryLog _memory = new();
    private readonly EngineLog _log;

    public RecordFolder(string? folder = null)
    {
        Sqlite.Load();
        Path = System.IO.Path.Combine(folder ?? _folder.Path, "records.db");
        _log = new EngineLog(LogFactory.Create(new LoggingConfig(), console: false, _memory));
        Faults = new StoreFaults(_log);
        Reports = new RecordReports(_log, Faults);
    }

    public string Path { get; }

    public StoreFaults Faults { get; }

    public RecordReports Reports { get; }

    /// <summary>The names of its files.</summary>
    public string[] Files => [.. Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!).Select(file => System.IO.Path.GetFileName(file))
        .Order(StringComparer.Ordinal)];

    public IEnumerable<string> Log(string id) => _memory.Read(new LogQuery { Ids = [id] }).Select(entry => entry.Message);

    public RecordStore Open(RecordsConfig? config = null, TimeProvider? time = null, int capacity = RecordStore.Capacity) =>
        new(config ?? new RecordsConfig(Path), Reports, time ?? TimeProvider.System, capacity);

    /// <summary>Writes records and closes the store.</summary>
    public void Write(params SessionRecord[] records)
    {
        using RecordStore store = Open(time: new ManualTimeProvider());
        foreach (SessionRecord record in records) store.Add(record);
    }

    /// <summary>The numbers of the records that a query finds, in their order, over all pages.</summary>
    public long[] Find(RecordQuery query)
    {
        List<long> found = [];
        RecordSearch search = new(Path, file => Assert.Fail($"{file.Path} is damaged"));
        for (RecordQuery? next = query; next is not null;)
        {
            RecordPage page = search.Run(next, TimeProvider.System, TestContext.Current.CancellationToken);
            Assert.True(page.Records.Count <= query.Limit);
            found.AddRange(page.Records.Select(record => record.Id));
            next = page.Next is { } before ? query with { Before = before } : null;
        }
        return [.. found];
    }

    /// <summary>A record of a session that ended then, with values for all that is not needed.</summary>
    public static SessionRecord Record(long id, DateTimeOffset ended, double seconds = 1) => new()
    {
        Id = id, Started = ended.AddSeconds(-seconds), Ended = ended, Inbound = "proxy", Protocol = "socks5", Network = "tcp",
        Client = IPEndPoint.Parse("10.0.0.9:50000"), Local = IPEndPoint.Parse("10.0.0.1:1080"), Destination = "example.com:443", Exit = "wan1",
        Source = IPEndPoint.Parse("198.51.100.10:41822"), Outcome = SessionOutcome.Ok, DurationMs = seconds * 1000,
    };

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }
}
