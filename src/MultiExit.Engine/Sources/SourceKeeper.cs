using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Sources;

/// <summary>Keeps what is in force as its source says: looks at the source again and again, reads what has changed beside what is in force, and swaps
/// it in when all of it is valid.</summary>
internal sealed class SourceKeeper<T>(
    Sourced<T> source, SourceConnect connect, SourceReports<T> reports, EngineLog log, StoreFaults stores, TimeProvider time) : IAsyncDisposable
    where T : class
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private readonly SourceFetcher _fetcher = new(source.Settings, SourceStore.IdentityOf(source), source.MaxBytes, connect, time);
    private readonly SemaphoreSlim _updating = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private Task _loop = Task.CompletedTask;

    public Sourced<T> Source => source;

    /// <summary>Begins to look.</summary>
    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>Looks at the source now.</summary>
    /// <param name="always">Whether a file is read that looks as it did.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether what is in force is what the source says.</returns>
    public async Task<bool> UpdateAsync(bool always, CancellationToken cancellationToken)
    {
        await _updating.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await _fetcher.ReadAsync(source.Version?.Label, always, cancellationToken).ConfigureAwait(false) is var (spool, label))
            {
                using (spool) await Task.Run(() => Take(spool, label), CancellationToken.None).ConfigureAwait(false);
            }
            else if (source.Settings.File is not null && source.Fault is not null)
            {
                // As faulty as it was.
                return false;
            }
            if (source.Fault is { } before) reports.Back(source, time.GetUtcNow() - before.Since);
            source.Found(time.GetUtcNow());
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A fault of this program costs a look as well, and not the loop.
            if (exception is not (SourceFaultException or IOException or UnauthorizedAccessException)) log.Unexpected(source.Title, exception);
            bool began = source.Failed(exception.Message, time.GetUtcNow());
            if (began) reports.Failed(source, exception.Message);
            return false;
        }
        finally
        {
            _updating.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _ending.Dispose();
        // Not disposed: an operator's update may still be on its way to it.
        stores.Forget(SourceStore.PathOf(source));
    }

    private void Take(SourceSpool spool, SourceLabel label)
    {
        if (source.Settings.Sha256 is { } expected && expected != spool.Sha256)
            throw new SourceFaultException($"its SHA-256 is {spool.Sha256}, and `sha256` says {expected}");
        if (source.Version is { } present && present.Sha256 == spool.Sha256)
        {
            source.Use(present with { Label = label }, time.GetUtcNow());
            return;
        }
        T content = source.Read(spool.File);
        if (source.Following is { } following) following(content, Use);
        else Use();
        reports.Loaded(source, content);
        SourceStore.Keep(source, label, spool.File, stores, reports.StoreId);

        void Use() => source.Use(new SourceVersion<T>(content, label), null);
    }

    private async Task LoopAsync()
    {
        TimeSpan every = source.Settings.Every;
        bool good = source.Fault is null && source.Checked is not null;
        TimeSpan wait = good ? Spread(every) : TimeSpan.Zero;
        TimeSpan retry = FirstRetry;
        try
        {
            while (true)
            {
                if (wait > TimeSpan.Zero) await Task.Delay(wait, time, _ending.Token).ConfigureAwait(false);
                good = await UpdateAsync(always: false, _ending.Token).ConfigureAwait(false);
                retry = good ? FirstRetry : retry + retry;
                wait = good || retry > every ? Spread(every) : retry;
            }
        }
        catch (OperationCanceledException)
        {
            // The source is no longer in the configuration, or the server has stopped.
        }
        catch (Exception exception)
        {
            log.Unexpected(source.Title, exception);
        }
    }

    // Many servers that were started together must not ask together.
    private TimeSpan Spread(TimeSpan every) => source.Settings.Url is null ? every : every * (0.95 + 0.1 * Random.Shared.NextDouble());
}
