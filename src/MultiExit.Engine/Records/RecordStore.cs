using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>Keeps the records of ended sessions in files of a day. One thread writes; what ends a session only puts its record into a queue.
/// Thread-safe.</summary>
internal sealed class RecordStore : IDisposable
{
    /// <summary>The most records that wait to be written: a minute at 1000 sessions a second.</summary>
    public const int Capacity = 65_536;

    // How long records wait for others to be written with: what a crash loses.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    // How long the thread sleeps where no session ends; old files are dropped then.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);

    // How long the end waits for a disk that does not answer.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    private readonly RecordFiles _files;
    private readonly BlockQueue _queue;
    private readonly RecordReports _reports;
    private readonly ConcurrentQueue<PartitionFile> _damaged = new();
    private readonly RecordBatch _batch = new();
    private readonly ManualResetEventSlim _closing = new();
    private readonly Thread _writer;

    /// <summary>Opens a store. What is wrong with its files is reported and tried again.</summary>
    /// <param name="config">Where, how long and how much.</param>
    /// <param name="reports">Tells the operator.</param>
    /// <param name="time">The clock.</param>
    /// <param name="capacity">The most records that wait.</param>
    public RecordStore(RecordsConfig config, RecordReports reports, TimeProvider time, int capacity = Capacity)
    {
        _files = new RecordFiles(config, reports, time);
        _queue = new BlockQueue(capacity);
        _reports = reports;
        Search = new RecordSearch(config.Path, ReportDamaged, _queue.Wake);
        _writer = new Thread(Run) { IsBackground = true, Name = "records" };
        _writer.Start();
    }

    /// <summary>Searches what was written.</summary>
    public RecordSearch Search { get; }

    /// <summary>The name that its files have in common.</summary>
    public string Path => _files.Path;

    /// <summary>How long and how much it keeps; the path is not changed.</summary>
    public RecordsConfig Config
    {
        get => _files.Config;
        set
        {
            _files.Config = value;
            _queue.Wake();
        }
    }

    /// <summary>How many records were dropped since it was opened.</summary>
    public long Dropped => _queue.Dropped;

    /// <summary>Hands a record over; never waits.</summary>
    public void Add(SessionRecord record)
    {
        if (!_queue.TryAdd(RecordEncoder.OfThread.Encode(record))) _reports.Dropping(Path);
    }

    /// <summary>Writes what waits, and closes the files; a disk that does not answer is left after a moment.</summary>
    public void Dispose()
    {
        _closing.Set();
        _queue.Wake();
        if (!_writer.Join(Goodbye)) return; // it may still use the rest
        _closing.Dispose();
        _queue.Dispose();
    }

    private void Run()
    {
        bool begun = Begin();
        TimeSpan sleep = begun ? LongestSleep : RetryPause;
        while (!_closing.IsSet)
        {
            if (_queue.Count == 0 || sleep == RetryPause) _queue.Wait(sleep);
            _closing.Wait(Pause);
            while (_damaged.TryDequeue(out PartitionFile? file)) Try(() => _files.SetAside(file));
            Try(_files.Look);
            if (!begun) begun = Begin();
            sleep = begun && WriteAll() ? LongestSleep : RetryPause;
            Try(_files.DropOld);
        }
        // What was added until here; an attempt is enough.
        WriteAll();
        _reports.Lost(Path, _batch.Count + _queue.Count);
        Try(_files.Close);
        _files.Dispose();
    }

    // Before there is a record too: what is wrong is said when the server starts.
    private bool Begin()
    {
        if (!Try(_files.Begin)) return false;
        _reports.Written(Path);
        return true;
    }

    private bool WriteAll()
    {
        while (_batch.Fill(_queue))
        {
            if (!Try(() => _queue.AddDropped(_files.Write(_batch)))) return false;
            _reports.Written(Path);
        }
        _reports.Caught(Path, _queue.Dropped);
        return true;
    }

    private void ReportDamaged(PartitionFile file)
    {
        _damaged.Enqueue(file);
        _queue.Wake();
    }

    private bool Try(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            _reports.NotWritten(Path, Sqlite.Describe(exception));
            return false;
        }
        catch (Exception exception)
        {
            _reports.Unexpected(exception);
            return false;
        }
    }
}
