using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Records;

/// <summary>The files of a store: which one a record belongs to, which are dropped, which are damaged. Not thread-safe, but for
/// <see cref="Config"/>.</summary>
/// <param name="config">Where, how long and how much.</param>
/// <param name="reports">Tells the operator.</param>
/// <param name="time">The clock.</param>
internal sealed class RecordFiles(RecordsConfig config, RecordReports reports, TimeProvider time) : IDisposable
{
    // A day has several files where one would be more than this part of all, so that what goes at a time is little.
    private const int Parts = 8;

    // Or more than this: the one that is written has no index.
    private const long LargestPart = 256L << 20;

    // How long the end waits for indexes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan BetweenDrops = TimeSpan.FromSeconds(30);

    private readonly List<(long Key, int Position)> _run = [];

    // The files that this store has opened itself: after a failure they are found open.
    private readonly HashSet<string> _wasHere = new(StringComparer.Ordinal);
    private PartitionWriter? _current;
    private Task _finishing = Task.CompletedTask;
    private DateTimeOffset _lastAside = DateTimeOffset.MinValue;
    private long? _lastDrop;
    private RecordsConfig? _lastConfig;
    private long _lastKey;
    private volatile RecordsConfig _config = config;

    /// <summary>The name that the files have in common.</summary>
    public string Path { get; } = config.Path;

    /// <summary>How long and how much is kept.</summary>
    public RecordsConfig Config
    {
        get => _config;
        set => _config = value;
    }

    /// <summary>Looks whether the server before ended in order, and opens the file of today.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public void Begin()
    {
        // Those of two days: the server may have ended at midnight.
        foreach (PartitionFile file in PartitionFile.List(Path).TakeLast(2).Where(file => file.Day != Today)) Look(file);
        Open(Today);
        DropOld();
    }

    /// <summary>Writes records.</summary>
    /// <returns>How many no file can take.</returns>
    /// <exception cref="SqliteException">They cannot be written; some of them may have been, and are not written twice.</exception>
    /// <exception cref="IOException">The same.</exception>
    public int Write(RecordBatch batch)
    {
        int faulty = 0;
        while (batch.Count > 0)
        {
            // Those of one day, up to midnight.
            _run.Clear();
            long last = _lastKey, setBack = long.MaxValue;
            DateOnly day = default;
            int position = batch.Position;
            while (batch.Has(position))
            {
                EncodedRecord record = batch.At(position);
                long key = KeyOf(record, last);
                DateOnly own = PartitionFile.DayOf(key);
                if (_run.Count == 0) day = own;
                else if (own != day) break;
                if (key < last) setBack = Math.Min(setBack, key);
                _run.Add((key, position));
                last = key;
                position += record.Length;
            }
            faulty += Write(batch, day);
            if (setBack < long.MaxValue) reports.Follower?.SetBack(setBack);
            _lastKey = last;
            batch.Skip(_run.Count, position);
        }
        return faulty;
    }

    /// <summary>Opens the file that is written anew where it, or its log, has lost its name: what is in that log cannot be read by anyone else.</summary>
    public void Look()
    {
        if (_current is { IsThere: false }) LetGo();
    }

    /// <summary>Drops files that are too old or too many; now and then.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public void DropOld()
    {
        RecordsConfig inForce = _config;
        if (_lastDrop is { } last && time.GetElapsedTime(last) < BetweenDrops && ReferenceEquals(inForce, _lastConfig)) return;
        (_lastDrop, _lastConfig) = (time.GetTimestamp(), inForce);
        Retention.Run(inForce, time.GetUtcNow(), file => file.Path == _current?.File.Path, reports);
    }

    /// <summary>Renames a file that is damaged.</summary>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    public void SetAside(PartitionFile file)
    {
        if (file.Path == _current?.File.Path) LetGo();
        _finishing.Wait(Patience);
        if (!File.Exists(file.Path)) return; // it was reported twice
        DateTimeOffset now = time.GetUtcNow();
        reports.Damaged(file.Path, file.SetAside(now));
        _lastAside = now;
    }

    /// <summary>Closes the file that is written.</summary>
    /// <exception cref="SqliteException">It cannot be closed in order.</exception>
    public void Close()
    {
        PartitionWriter? current = _current;
        _current = null;
        current?.Close();
        _finishing.Wait(Patience);
    }

    /// <summary>Closes it as a crash would.</summary>
    public void Dispose() => LetGo();

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    // The time of the end, and always one more than the key before: two threads may end sessions at the same time. When the clock was set back, the
    // times begin anew.
    private long KeyOf(EncodedRecord record, long last)
    {
        long ended = Math.Max(1, record.Ended != 0 ? record.Ended : RecordColumns.ToTicks(time.GetUtcNow()));
        return ended <= last && last - ended < RecordFilter.Slack ? last + 1 : ended;
    }

    private int Write(RecordBatch batch, DateOnly day)
    {
        try
        {
            return Open(day).Write(batch, CollectionsMarshal.AsSpan(_run));
        }
        catch (SqliteException exception) when (Sqlite.IsDamaged(exception) && _current is { } damaged && IsTimeToSetAside)
        {
            SetAside(damaged.File);
            return Open(day).Write(batch, CollectionsMarshal.AsSpan(_run));
        }
        catch
        {
            // It is opened anew with the next attempt, and found damaged or not.
            LetGo();
            throw;
        }
    }

    private PartitionWriter Open(DateOnly day)
    {
        Look();
        if (_current is { } current)
        {
            if (current.File.Day == day && current.File.Size < Math.Min(_config.MaxSize / Parts, LargestPart)) return current;
            int next = current.File.Day == day ? current.File.Part + 1 : 0;
            _current = null;
            Finish(current);
            return next > 0 ? Open(PartitionFile.Of(Path, day, next)) : Open(day);
        }
        return Open(PartitionFile.List(Path).LastOrDefault(file => file.Day == day) ?? PartitionFile.Of(Path, day));
    }

    private PartitionWriter Open(PartitionFile file)
    {
        try
        {
            _current = new PartitionWriter(file);
        }
        catch (SqliteException exception) when (Sqlite.IsDamaged(exception) && IsTimeToSetAside)
        {
            SetAside(file);
            _current = new PartitionWriter(file);
        }
        SayLeftOpen(_current);
        _lastKey = Math.Max(_lastKey, _current.LastKey);
        return _current;
    }

    // A disk that breaks everything must not be filled with broken files.
    private bool IsTimeToSetAside => time.GetUtcNow() - _lastAside > TimeSpan.FromMinutes(1);

    private void Look(PartitionFile file)
    {
        try
        {
            PartitionWriter before = new(file);
            SayLeftOpen(before);
            Finish(before);
        }
        catch (SqliteException exception) when (Sqlite.IsDamaged(exception))
        {
            SetAside(file);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            // Nothing is written to it, so that no record waits for it. Whoever asks for its day hears of it.
        }
    }

    // Beside the records that come meanwhile. Left by a stop, it is done by the next start, or never: an index is for speed alone.
    private void Finish(PartitionWriter complete)
    {
        try
        {
            complete.MarkClosed();
        }
        catch
        {
            complete.Dispose();
            throw;
        }
        Task before = _finishing;
        _finishing = Task.Run(async () =>
        {
            await before.ConfigureAwait(false);
            try
            {
                complete.MakeIndexes();
                complete.Close();
            }
            catch (SqliteException)
            {
                // A full disk, for one. What is damaged is found by whoever reads it.
                complete.Dispose();
            }
        });
    }

    private void SayLeftOpen(PartitionWriter file)
    {
        if (!_wasHere.Add(file.File.Path) || !file.WasLeftOpen) return;
        reports.LeftOpen(file.File.Path, file.LastKey == 0 ? null : RecordColumns.FromTicks(file.LastKey));
    }

    private void LetGo()
    {
        _current?.Dispose();
        _current = null;
    }
}
