using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>What operators are told of the store: once in the log, and as warnings of the server for as long as it holds. Thread-safe.</summary>
/// <param name="log">The log.</param>
/// <param name="stores">The stores that cannot be written.</param>
internal sealed class RecordReports(EngineLog log, StoreFaults stores)
{
    private readonly Lock _lock = new();
    private readonly List<ServerWarning> _warnings = [];
    private readonly HashSet<string> _notDropped = new(StringComparer.Ordinal);
    private volatile IRecordFollower? _follower;
    private int _isDropping;
    private long _told;

    /// <summary>Who reads what was written; null: nobody does.</summary>
    public IRecordFollower? Follower
    {
        get => _follower;
        set => _follower = value;
    }

    /// <summary>What has happened to the files under the configuration in force.</summary>
    public IReadOnlyList<ServerWarning> Warnings
    {
        get
        {
            lock (_lock) return [.. _warnings];
        }
    }

    /// <summary>Forgets what was told under another configuration.</summary>
    public void Forget()
    {
        lock (_lock) _warnings.Clear();
    }

    /// <summary>Forgets a store that is closed.</summary>
    public void Forget(string path)
    {
        stores.Forget(path);
        stores.Forget(HistoryOf(path));
        Interlocked.Exchange(ref _isDropping, 0);
        Interlocked.Exchange(ref _told, 0);
    }

    public void NotWritten(string path, string reason) =>
        stores.Failed(path, "MX1070", $"records of sessions cannot be written to {path}, and wait: {reason}");

    public void Written(string path) => stores.Written(path);

    public void Dropping(string path)
    {
        if (Interlocked.Exchange(ref _isDropping, 1) == 0) log.Warn(Diagnostics.Warnings.RecordsDropped(path, 1));
    }

    /// <summary>All that waited was written.</summary>
    /// <param name="path">The store.</param>
    /// <param name="dropped">How many records were dropped since it was opened.</param>
    public void Caught(string path, long dropped)
    {
        // Without an interlocked write where nothing happens, which is always.
        if (Volatile.Read(ref _isDropping) == 0) return;
        log.RecordsDropped(path, dropped - Interlocked.Exchange(ref _told, dropped));
        Interlocked.Exchange(ref _isDropping, 0);
    }

    /// <summary>The store is closed while records wait.</summary>
    public void Lost(string path, int records)
    {
        if (records > 0) log.RecordsDropped(path, records);
    }

    public void Damaged(string path, string aside) => Add(Diagnostics.Warnings.RecordsDamaged(path, aside));

    public void LeftOpen(string path, DateTimeOffset? last) => Add(Diagnostics.Warnings.RecordsLeftOpen(path, last));

    public void DroppedFile(string path, string key) => log.RecordsFileDropped(path, key);

    public void NotDropped(string path, string reason)
    {
        lock (_lock)
        {
            if (!_notDropped.Add(path)) return;
        }
        log.RecordsFileNotDropped(path, reason);
    }

    public void HistoryNotWritten(string path, string reason) => stores.Failed(HistoryOf(path), "MX1077",
        $"the history of traffic cannot be written to {path}, and its sums wait in memory: {reason}");

    public void HistoryWritten(string path) => stores.Written(HistoryOf(path));

    public void HistoryDamaged(string path, string aside) => Add(Diagnostics.Warnings.HistoryDamaged(path, aside));

    public void HistoryShortened(string path, DateTimeOffset before, string key) => log.HistoryShortened(path, before, key);

    public void Unexpected(Exception exception) => log.Unexpected("the records of sessions", exception);

    // Records and history of one path fail, and recover, each for itself.
    private static string HistoryOf(string path) => $"{path} (history)";

    private void Add(ServerWarning warning)
    {
        lock (_lock) _warnings.Add(warning);
        log.Warn(warning);
    }
}
