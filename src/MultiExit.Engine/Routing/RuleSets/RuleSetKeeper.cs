using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>Keeps a set as its source says: looks at it again and again, reads what has changed beside what is in force, and swaps it in when all
/// of it is valid.</summary>
internal sealed class RuleSetKeeper(RuleSet set, RuleSetConnect connect, EngineLog log, StoreFaults stores, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private readonly RuleSetSource _source = new(set.Config, connect, time);
    private readonly SemaphoreSlim _updating = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private Task _loop = Task.CompletedTask;

    public RuleSet Set => set;

    /// <summary>Begins to look.</summary>
    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>Looks at the source now.</summary>
    /// <param name="always">Whether a file is read that looks as it did.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the set is what its source says.</returns>
    public async Task<bool> UpdateAsync(bool always, CancellationToken cancellationToken)
    {
        await _updating.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await _source.ReadAsync(set.Version?.Label, always, cancellationToken).ConfigureAwait(false) is var (spool, label))
            {
                using (spool) await Task.Run(() => Take(spool, label), CancellationToken.None).ConfigureAwait(false);
            }
            else if (set.Config.File is not null && set.Fault is not null)
            {
                // As faulty as it was.
                return false;
            }
            if (set.Fault is { } before) log.RuleSetBack(set.Config.Name, time.GetUtcNow() - before.Since);
            set.Found(time.GetUtcNow());
            return true;
        }
        catch (Exception exception) when (exception is RuleSetFaultException or IOException or UnauthorizedAccessException)
        {
            bool began = set.Failed(exception.Message, time.GetUtcNow());
            if (began) log.RuleSetFailed(set.Config.Name, exception.Message, set.Version?.Fetched);
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
        stores.Forget(RuleSetStore.PathOf(set.Config));
    }

    private void Take(RuleSetSpool spool, RuleSetLabel label)
    {
        RuleSetConfig config = set.Config;
        if (config.Sha256 is { } expected && expected != spool.Sha256)
            throw new RuleSetFaultException($"its SHA-256 is {spool.Sha256}, and `sha256` says {expected}");
        if (set.Version is { } present && present.Sha256 == spool.Sha256)
        {
            set.Use(present with { Label = label }, time.GetUtcNow());
            return;
        }
        RuleSetContent content = RuleSetReader.Read(spool.File, config.Format);
        set.Use(new RuleSetVersion(content, label), null);
        log.RuleSetLoaded(config.Name, content.Domains, content.Networks, content.Keywords);
        RuleSetStore.Keep(config, label, spool.File, stores);
    }

    private async Task LoopAsync()
    {
        bool good = set.Fault is null && set.Checked is not null;
        TimeSpan wait = good ? Spread(set.Config.Every) : TimeSpan.Zero;
        TimeSpan retry = FirstRetry;
        try
        {
            while (true)
            {
                if (wait > TimeSpan.Zero) await Task.Delay(wait, time, _ending.Token).ConfigureAwait(false);
                good = await UpdateAsync(always: false, _ending.Token).ConfigureAwait(false);
                retry = good ? FirstRetry : retry + retry;
                wait = good || retry > set.Config.Every ? Spread(set.Config.Every) : retry;
            }
        }
        catch (OperationCanceledException)
        {
            // The set is no longer in the configuration, or the server has stopped.
        }
        catch (Exception exception)
        {
            log.Unexpected($"the rule set {set.Config.Name}", exception);
        }
    }

    // Many servers that were started together must not ask together.
    private TimeSpan Spread(TimeSpan every) => set.Config.Url is null ? every : every * (0.95 + 0.1 * Random.Shared.NextDouble());
}
