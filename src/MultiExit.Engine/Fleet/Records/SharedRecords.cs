using MultiExit.Engine.Errors;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Records;

/// <summary>Copies the records of this node to the store. Its own files are what waits for the store, so that nothing is written twice here, and what is
/// copied is found again after a restart.</summary>
internal sealed class SharedRecords : IFleetWork, IRecordFollower
{
    /// <summary>The topic.</summary>
    public const string Name = "records";

    /// <summary>The most records that are copied at a time.</summary>
    public const int MaxBatch = 2000;

    // A store or a network that is slow gets fewer at a time.
    private const int MinBatch = 50;

    // Longer ones would need memory of whoever reads them.
    private const int MaxLength = 32 * 1024;

    // Of the time that a run has; the batch that is under way then needs the rest.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan PrepareEvery = TimeSpan.FromHours(1), SaveEvery = TimeSpan.FromMinutes(1);

    private readonly RecordKeeper _keeper;
    private readonly RecordLosses _losses;
    private readonly Func<bool> _isOn;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly Lock _lock = new();
    private Action _wake = static () => { };
    private long _from; // behind which key to begin again, since the clock was set back
    private long _sent = long.MaxValue; // up to which key the store has them, as far as it is known here
    private RecordOrigin? _origin;
    private string? _path;
    private RecordRoom _room;
    private long? _prepared;
    private long _saved;
    private int _batch = MaxBatch;
    private (long UpTo, long LeftOut, long From) _unsettled; // a batch whose answer is not known

    /// <param name="keeper">Has the records.</param>
    /// <param name="losses">Counts those that are not copied.</param>
    /// <param name="isOn">Whether the configuration in force asks for it.</param>
    /// <param name="time">The clock.</param>
    public SharedRecords(RecordKeeper keeper, RecordLosses losses, Func<bool> isOn, TimeProvider time)
    {
        (_keeper, _losses, _isOn, _time) = (keeper, losses, isOn, time);
        // A clock that was set back while no server ran gives keys that are earlier than those that were copied.
        _began = _from = RecordColumns.ToTicks(time.GetUtcNow());
        keeper.Follower = this;
    }

    public string Topic => Name;

    public TimeSpan Period => FleetTimes.RecordPeriod;

    public bool IsBulk => true;

    public void Start(Action wake) => _wake = wake;

    public async Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        if (!_isOn() || _keeper.Path is not { } path) return;
        RecordOrigin origin = OriginOf(path, member);
        if (_prepared is not { } prepared || _time.GetElapsedTime(prepared) >= PrepareEvery)
        {
            _room = await store.Records.PrepareAsync(cancellationToken).ConfigureAwait(false);
            _prepared = _time.GetTimestamp();
        }
        await CopyAsync(store, member, origin, path, cancellationToken).ConfigureAwait(false);
        if (_time.GetElapsedTime(_saved) >= SaveEvery) Save(path, origin);
    }

    public async Task LeaveAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        if (!_isOn() || _origin is not { } origin || _path is not { } path || _prepared is null) return;
        await CopyAsync(store, member, origin, path, cancellationToken).ConfigureAwait(false);
        Save(path, origin);
    }

    public void Dispose()
    {
        // A node that came after this one has its own.
        if (_keeper.Follower == this) _keeper.Follower = null;
    }

    // What is known of the store is a minute old at most after a restart.
    public long CountLeft(PartitionFile file)
    {
        if (!_isOn() || _keeper.Path is not { } path) return 0;
        long sent = Interlocked.Read(ref _sent);
        return LocalRecords.Count(file, sent < long.MaxValue ? sent : SentBefore(path));
    }

    public void Dropped(long count) => _losses.Add(count);

    public void SetBack(long key)
    {
        lock (_lock) _from = Math.Min(_from, key - 1);
    }

    private long SentBefore(string path)
    {
        try
        {
            return RecordOrigin.Read(path)?.Sent ?? _began;
        }
        catch (ProxyException)
        {
            return _began; // the next run says so
        }
    }

    private RecordOrigin OriginOf(string path, FleetMember member)
    {
        if (_origin is { } known && _path == path) return known;
        RecordOrigin origin = RecordOrigin.Of(path, member, _began);
        (_origin, _path, _saved) = (origin, path, _time.GetTimestamp());
        Interlocked.Exchange(ref _sent, origin.Sent);
        return origin;
    }

    private async Task CopyAsync(IFleetStore store, FleetMember member, RecordOrigin origin, string path, CancellationToken cancellationToken)
    {
        long began = _time.GetTimestamp();
        // The store knows it best: one that was restored gets again what it has lost.
        long cursor = await store.Records.ReadCursorAsync(member, origin.Id, cancellationToken).ConfigureAwait(false) ?? origin.From;
        if (_unsettled.UpTo == cursor) Settle();
        long from;
        lock (_lock) from = _from;
        cursor = Math.Max(origin.From, Math.Min(cursor, from));
        while (true)
        {
            int limit = _batch;
            IReadOnlyList<(long Key, SessionRecord Record)> records = LocalRecords.Read(path, cursor, limit, cancellationToken);
            if (records.Count > 0)
            {
                (long, SessionRecord)[] fit = [.. records.Where(record => Fits(record.Key, record.Record))];
                _unsettled = (records[^1].Key, records.Count - fit.Length, from);
                if (!await TryWriteAsync(store, member, new(origin.Id, fit, records[^1].Key), cancellationToken).ConfigureAwait(false)) return;
                Settle();
                cursor = records[^1].Key;
            }
            Interlocked.Exchange(ref _sent, cursor);
            if (records.Count == 0) return;
            if (_time.GetElapsedTime(began) < Enough) continue;
            _wake();
            return;
        }
    }

    private async Task<bool> TryWriteAsync(IFleetStore store, FleetMember member, SharedRecordBatch batch, CancellationToken cancellationToken)
    {
        int before = _batch;
        _batch = Math.Max(MinBatch, before / 2);
        bool isWritten = await store.Records.WriteAsync(member, batch, cancellationToken).ConfigureAwait(false);
        _batch = Math.Min(MaxBatch, 2 * before);
        return isWritten;
    }

    private void Settle()
    {
        _losses.Add(_unsettled.LeftOut);
        // From here on the order of the keys says all, unless the clock was set back meanwhile.
        lock (_lock)
            if (_from == _unsettled.From) _from = long.MaxValue;
        _unsettled = default;
    }

    private bool Fits(long key, SessionRecord record) => _room.Has(key) && RecordEncoder.OfThread.Encode(record).Length <= MaxLength;

    private void Save(string path, RecordOrigin origin)
    {
        _saved = _time.GetTimestamp();
        long sent = Interlocked.Read(ref _sent);
        if (origin.Sent == sent) return;
        _origin = origin with { Sent = sent };
        _origin.Save(path);
    }
}
