using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>The store and the history that the configuration in force asks for, or none. Thread-safe, but for <see cref="Use"/> and
/// <see cref="Dispose"/>, which are called one after the other.</summary>
/// <param name="log">The log.</param>
/// <param name="stores">The stores that cannot be written.</param>
/// <param name="time">The clock.</param>
/// <param name="sample">Lets all live sessions tell the history what they have done since the last time.</param>
internal sealed class RecordKeeper(EngineLog log, StoreFaults stores, TimeProvider time, Action<ITrafficSink> sample) : IDisposable
{
    // Each has a thread for itself while it runs.
    private const int MaxSearches = 2;

    private readonly RecordReports _reports = new(log, stores);
    private readonly SemaphoreSlim _searches = new(MaxSearches);
    private volatile RecordStore? _store;
    private volatile TrafficStore? _traffic;

    /// <summary>The name that the files have in common; null: no records are kept.</summary>
    public string? Path => _store?.Path;

    /// <summary>Who reads what was written; null: nobody does.</summary>
    public IRecordFollower? Follower
    {
        get => _reports.Follower;
        set => _reports.Follower = value;
    }

    /// <summary>Whether records are kept.</summary>
    public bool IsOn => _store is not null;

    /// <summary>Takes what sessions have done; null where there is no history.</summary>
    public ITrafficSink? Traffic => _traffic;

    /// <summary>How many records were dropped, since too many waited.</summary>
    public long Dropped => _store?.Dropped ?? 0;

    /// <summary>What operators have to know; what cannot be written is among the stores.</summary>
    public IEnumerable<ServerWarning> Warnings => _store is { Dropped: > 0 and var dropped } store
        ? _reports.Warnings.Append(Diagnostics.Warnings.RecordsDropped(store.Path, dropped)) : _reports.Warnings;

    /// <summary>Makes sure that a store can be used: loads the library, makes the folder.</summary>
    /// <exception cref="ProxyException">The library is not there, or the folder cannot be made.</exception>
    public static void Prepare(RecordsConfig? config)
    {
        if (config is null) return;
        Sqlite.Load();
        string folder = System.IO.Path.GetDirectoryName(config.Path)!;
        try
        {
            if (Directory.Exists(folder)) return;
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProxyException(ProxyError.InvalidConfiguration, $"records.path: the folder {folder} cannot be made: {exception.Message}", exception);
        }
    }

    /// <summary>Keeps records as a configuration says. Cannot fail behind <see cref="Prepare"/>.</summary>
    public void Use(RecordsConfig? config)
    {
        _reports.Forget();
        if (_store is { } kept && kept.Path == config?.Path)
        {
            kept.Config = config;
            _traffic!.Config = config;
            return;
        }
        Dispose();
        if (config is null) return;
        _store = new RecordStore(config, _reports, time);
        _traffic = new TrafficStore(config, _reports, time, sample);
    }

    /// <summary>Hands a record over; never waits.</summary>
    public void Add(SessionRecord record) => _store?.Add(record);

    /// <summary>Searches what was written.</summary>
    /// <exception cref="ProxyException">No records are kept, or they cannot be read.</exception>
    public async Task<RecordPage> FindAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        if (_store is not { } store)
            throw new ProxyException(ProxyError.ServerState, "this server keeps no records of sessions; `records` of its configuration says where to");
        if (query.Limit is < 1 or > RecordQuery.MaxLimit) throw new ArgumentOutOfRangeException(nameof(query), query.Limit, "the limit");
        return await OneOfFewAsync(() => Task.Run(() => store.Search.Run(query, time, cancellationToken), cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Asks the history.</summary>
    /// <exception cref="ProxyException">None is kept, it cannot be read, or the answer is too long.</exception>
    public Task<IReadOnlyList<TrafficRow>> FindTrafficAsync(TrafficQuery query, CancellationToken cancellationToken) => _traffic is { } traffic
        ? OneOfFewAsync(() => traffic.FindAsync(query, cancellationToken), cancellationToken)
        : throw new ProxyException(ProxyError.ServerState, "this server keeps no history of its traffic; `records` of its configuration says where to");

    /// <summary>Writes what waits and closes the store.</summary>
    public void Dispose()
    {
        if (_store is not { } store) return;
        TrafficStore traffic = _traffic!;
        (_store, _traffic) = (null, null);
        store.Dispose();
        traffic.Dispose();
        _reports.Forget(store.Path);
    }

    private async Task<T> OneOfFewAsync<T>(Func<Task<T>> search, CancellationToken cancellationToken)
    {
        await _searches.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await search().ConfigureAwait(false);
        }
        finally
        {
            _searches.Release();
        }
    }
}
