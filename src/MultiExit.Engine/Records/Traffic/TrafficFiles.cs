using Microsoft.Data.Sqlite;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records.Traffic;

/// <summary>The file of the history: opened, tried again, set aside where it is damaged, shortened. Not thread-safe, but for <see cref="Config"/> and
/// <see cref="Read"/>.</summary>
/// <param name="config">Where and how long.</param>
/// <param name="reports">Tells the operator.</param>
/// <param name="time">The clock.</param>
internal sealed class TrafficFiles(RecordsConfig config, RecordReports reports, TimeProvider time)
{
    // The part of `records.max_size` that the history may have; its records give way to it.
    private const int Part = 4;

    private static readonly TimeSpan BetweenDrops = TimeSpan.FromMinutes(10);

    private readonly string _path = config.Path;
    private volatile RecordsConfig _config = config;
    private volatile bool _isDamaged;
    private TrafficFile? _file;
    private RecordsConfig? _dropped;
    private long _lastDrop;
    private DateTimeOffset _lastAside = DateTimeOffset.MinValue;

    /// <summary>How long and how much is kept.</summary>
    public RecordsConfig Config
    {
        set => _config = value;
    }

    /// <summary>Adds rows to the file, and drops what is too old. What is wrong is reported.</summary>
    /// <returns>False where they are to be tried again.</returns>
    public bool TryWrite(IReadOnlyDictionary<(long Start, TrafficKey Key), TrafficSum> rows)
    {
        if (_isDamaged) SetAside();
        bool done = Try(() => Open().Write(rows));
        if (done) Try(DropOld);
        return done;
    }

    /// <summary>Asks it.</summary>
    /// <exception cref="ProxyException">It cannot be read, or the answer is too long.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public IReadOnlyList<TrafficRow> Read(TrafficQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return TrafficReader.Run(_path, query, time.GetUtcNow(), cancellationToken);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == Sqlite.Interrupted)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException or InvalidCastException)
        {
            if (exception is SqliteException sqlite && Sqlite.IsDamaged(sqlite)) _isDamaged = true;
            throw new ProxyException(ProxyError.ServerState, $"records: the history in {_path} cannot be read: {Sqlite.Describe(exception)}", exception);
        }
    }

    /// <summary>Closes it.</summary>
    public void Close() => Try(() =>
    {
        TrafficFile? file = _file;
        _file = null;
        file?.Close();
    });

    private TrafficFile Open()
    {
        if (_file is { IsThere: false }) LetGo();
        return _file ??= new TrafficFile(_path);
    }

    private bool Try(Action work, bool again = true)
    {
        try
        {
            work();
            reports.HistoryWritten(_path);
            return true;
        }
        catch (SqliteException exception) when (Sqlite.IsDamaged(exception) && again && SetAside())
        {
            return Try(work, again: false);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            // It is opened anew with the next attempt.
            LetGo();
            reports.HistoryNotWritten(_path, Sqlite.Describe(exception));
            return false;
        }
    }

    // A disk that breaks everything must not be filled with broken files.
    private bool SetAside()
    {
        LetGo();
        DateTimeOffset now = time.GetUtcNow();
        if (now - _lastAside < TimeSpan.FromMinutes(1) || !File.Exists(_path)) return false;
        try
        {
            reports.HistoryDamaged(_path, new PartitionFile(_path, default, 1).SetAside(now));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        _lastAside = now;
        _isDamaged = false;
        return true;
    }

    private void DropOld()
    {
        RecordsConfig inForce = _config;
        if (ReferenceEquals(inForce, _dropped) && time.GetElapsedTime(_lastDrop) < BetweenDrops) return;
        (_dropped, _lastDrop) = (inForce, time.GetTimestamp());
        TrafficFile file = Open();
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        // By the day, so that it happens, and is told, once a day.
        long oldest = TrafficTime.Floor(now - (long)inForce.KeepHistory.TotalSeconds, TrafficTime.DaySeconds);
        if (file.DropBefore(TrafficSchema.Intervals, oldest) + file.DropBefore(TrafficSchema.Hours, oldest) > 0) Told(oldest, "records.keep_history");
        // Five minutes first: the hours say the same with a twelfth of the rows.
        foreach (string table in (string[])[TrafficSchema.Intervals, TrafficSchema.Hours])
        {
            while (file.Size > inForce.MaxSize / Part && file.Oldest(table) is { } first && first < now - TrafficTime.DaySeconds)
            {
                oldest = TrafficTime.Floor(first + Math.Max(TrafficTime.DaySeconds, (now - first) / 8), TrafficTime.DaySeconds);
                file.DropBefore(table, Math.Min(oldest, TrafficTime.Floor(now, TrafficTime.HourSeconds)));
                Told(oldest, "records.max_size");
            }
        }
    }

    private void Told(long before, string key) => reports.HistoryShortened(_path, DateTimeOffset.FromUnixTimeSeconds(before), key);

    private void LetGo()
    {
        _file?.Dispose();
        _file = null;
    }
}
