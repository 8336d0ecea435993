using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Sources;

/// <summary>The sources of one kind over the reloads of a server. A change is prepared beside what is in force.</summary>
/// <param name="connect">Connects to the server of a URL.</param>
/// <param name="reports">Where it is told what happens to them.</param>
/// <param name="log">The log.</param>
/// <param name="stores">The stores that cannot be written.</param>
/// <param name="time">The clock.</param>
internal sealed class SourceTable<TSource, T>(SourceConnect connect, SourceReports<T> reports, EngineLog log, StoreFaults stores, TimeProvider time)
    : IAsyncDisposable
    where TSource : Sourced<T>
    where T : class
{
    // How long a start or a reload waits for a URL of which nothing is kept.
    private static readonly TimeSpan FirstFetch = TimeSpan.FromSeconds(10);

    private volatile SourceKeeper<T>[] _keepers = [];

    /// <summary>The sources in force.</summary>
    public IEnumerable<TSource> All => _keepers.Select(keeper => (TSource)keeper.Source);

    /// <summary>Reads sources from files and from what is kept, without any network.</summary>
    /// <exception cref="ProxyException">A file is not there or not valid, and nothing is kept of it.</exception>
    public static async Task<IReadOnlyDictionary<string, TSource>> LoadAsync(
        IEnumerable<TSource> sources, TimeProvider time, CancellationToken cancellationToken)
    {
        Dictionary<string, TSource> all = new(StringComparer.Ordinal);
        foreach (TSource source in sources)
        {
            all[source.Name] = source;
            await LoadAsync(source, time, null, "", cancellationToken).ConfigureAwait(false);
        }
        return all;
    }

    /// <summary>Prepares the sources of a configuration. Those that stay are taken as they are; a URL of which nothing is known is waited for, but not
    /// for long.</summary>
    /// <returns>The sources by their names, for <see cref="Use"/>.</returns>
    /// <exception cref="ProxyException">A file is not there or not valid, and nothing is kept of it.</exception>
    public async Task<IReadOnlyDictionary<string, TSource>> PrepareAsync(IEnumerable<TSource> sources, CancellationToken cancellationToken)
    {
        Dictionary<string, TSource> all = sources.Select(PresentOr).ToDictionary(source => source.Name, StringComparer.Ordinal);
        if (all.Count == 0) return all;
        using CancellationTokenSource patience = new(FirstFetch, time);
        using CancellationTokenSource first = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        await Task.WhenAll(all.Values.Select(source => PrepareAsync(source, first.Token))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return all;
    }

    /// <summary>Keeps these sources current from here on, and no others. Under the lock of changes.</summary>
    public void Use(IReadOnlyDictionary<string, TSource> sources)
    {
        SourceKeeper<T>[] before = _keepers;
        List<SourceKeeper<T>> now = [];
        foreach (TSource source in sources.Values)
            now.Add(Array.Find(before, keeper => keeper.Source == source) ?? new SourceKeeper<T>(source, connect, reports, log, stores, time));
        _keepers = [.. now];
        foreach (SourceKeeper<T> added in now.Except(before)) added.Start();
        // Not waited for: one may be in the middle of a fetch, which ends by itself.
        foreach (SourceKeeper<T> gone in before.Except(now)) _ = gone.DisposeAsync().AsTask();
    }

    /// <summary>Looks at a source now.</summary>
    /// <returns>The source afterwards; null: there is none of that name.</returns>
    public async Task<TSource?> UpdateAsync(string name, CancellationToken cancellationToken)
    {
        if (Array.Find(_keepers, keeper => keeper.Source.Name == name) is not { } keeper) return null;
        await keeper.UpdateAsync(always: true, cancellationToken).ConfigureAwait(false);
        return (TSource)keeper.Source;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SourceKeeper<T> keeper in Interlocked.Exchange(ref _keepers, [])) await keeper.DisposeAsync().ConfigureAwait(false);
    }

    private TSource PresentOr(TSource made)
    {
        TSource? present = All.FirstOrDefault(source => source.Name == made.Name);
        if (present?.Settings == made.Settings) return present;
        if (present is not null && SourceStore.IdentityOf(present) == SourceStore.IdentityOf(made) && present.Settings.Sha256 == made.Settings.Sha256)
            made.TakeFrom(present);
        return made;
    }

    private async Task PrepareAsync(TSource source, CancellationToken cancellationToken)
    {
        if (source.Content is not null) return;
        await LoadAsync(source, time, stores, reports.StoreId, cancellationToken).ConfigureAwait(false);
        if (source.Content is not null) return;
        // The exits may not be there yet; they are a moment later, when the source is looked at the first time.
        if (source.Settings.Via is not null) return;
        SourceKeeper<T> keeper = new(source, connect, reports, log, stores, time);
        try
        {
            await keeper.UpdateAsync(always: true, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            source.Failed($"no answer within {FirstFetch.TotalSeconds:0} s", time.GetUtcNow());
        }
        await keeper.DisposeAsync().ConfigureAwait(false);
    }

    // A file that is at fault has been in force when something is kept of it: a restart does not end what a change of the file did not.
    private static async Task LoadAsync(TSource source, TimeProvider time, StoreFaults? stores, string storeId, CancellationToken cancellationToken)
    {
        string? file = source.Settings.File;
        string? problem = file is null ? null : await ReadAsync(source, time, stores, storeId, cancellationToken).ConfigureAwait(false);
        if (file is not null && problem is null) return;
        if (await Task.Run(() => SourceStore.Load(source), cancellationToken).ConfigureAwait(false) is { } kept) source.Use(kept, null);
        else if (problem is not null) throw new ProxyException(ProxyError.InvalidConfiguration, $"{source.Place}: {problem}");
    }

    private static async Task<string?> ReadAsync(TSource source, TimeProvider time, StoreFaults? stores, string storeId, CancellationToken cancellationToken)
    {
        string? path = source.Settings.File;
        try
        {
            SourceFetcher fetcher = new(source.Settings, SourceStore.IdentityOf(source), source.MaxBytes,
                static (_, _, _) => throw new InvalidOperationException(), time);
            (SourceSpool spool, SourceLabel label) = (await fetcher.ReadAsync(null, always: true, cancellationToken).ConfigureAwait(false))!.Value;
            using (spool)
            {
                if (source.Settings.Sha256 is { } expected && expected != spool.Sha256)
                    return $"the SHA-256 of {path} is {spool.Sha256}, and `sha256` says {expected}";
                T content = await Task.Run(() => source.Read(spool.File), cancellationToken).ConfigureAwait(false);
                source.Use(new SourceVersion<T>(content, label), time.GetUtcNow());
                if (stores is not null) SourceStore.Keep(source, label, spool.File, stores, storeId);
                return null;
            }
        }
        catch (SourceFaultException exception)
        {
            return exception.InnerException is null ? $"{path}: {exception.Message}" : exception.Message;
        }
    }
}
