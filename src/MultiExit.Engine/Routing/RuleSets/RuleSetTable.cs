using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>The rule sets of a server over its reloads. A change is prepared beside what is in force.</summary>
/// <param name="connect">Connects to the server of a URL.</param>
/// <param name="log">The log.</param>
/// <param name="stores">The stores that cannot be written.</param>
/// <param name="time">The clock.</param>
internal sealed class RuleSetTable(RuleSetConnect connect, EngineLog log, StoreFaults stores, TimeProvider time) : IAsyncDisposable
{
    // How long a start or a reload waits for a URL of which nothing is kept.
    private static readonly TimeSpan FirstFetch = TimeSpan.FromSeconds(10);

    private volatile RuleSetKeeper[] _keepers = [];

    /// <summary>The sets in force.</summary>
    public IEnumerable<RuleSet> All => _keepers.Select(keeper => keeper.Set);

    /// <summary>Reads the sets of a configuration from files and from what is kept, without any network.</summary>
    /// <exception cref="ProxyException">A file is not there or not valid, and nothing is kept of it.</exception>
    public static async Task<IReadOnlyDictionary<string, RuleSet>> LoadAsync(GatewayConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        Dictionary<string, RuleSet> sets = new(StringComparer.Ordinal);
        foreach (RuleSetConfig each in config.Sets) await LoadAsync(sets[each.Name] = new RuleSet(each), time, null, cancellationToken).ConfigureAwait(false);
        return sets;
    }

    /// <summary>Prepares the sets of a configuration. Those that stay are taken as they are; a URL of which nothing is known is waited for, but not
    /// for long.</summary>
    /// <returns>The sets by their names, for <see cref="Use"/>.</returns>
    /// <exception cref="ProxyException">A file is not there or not valid, and nothing is kept of it.</exception>
    public async Task<IReadOnlyDictionary<string, RuleSet>> PrepareAsync(GatewayConfig config, CancellationToken cancellationToken)
    {
        Dictionary<string, RuleSet> sets = config.Sets.ToDictionary(each => each.Name, FindOrMake, StringComparer.Ordinal);
        if (sets.Count == 0) return sets;
        using CancellationTokenSource patience = new(FirstFetch, time);
        using CancellationTokenSource first = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        await Task.WhenAll(sets.Values.Select(set => PrepareAsync(set, first.Token))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return sets;
    }

    /// <summary>Keeps these sets current from here on, and no others. Under the lock of changes.</summary>
    public void Use(IReadOnlyDictionary<string, RuleSet> sets)
    {
        RuleSetKeeper[] before = _keepers;
        List<RuleSetKeeper> now = [];
        foreach (RuleSet set in sets.Values)
        {
            if (Array.Find(before, keeper => keeper.Set == set) is { } present) now.Add(present);
            else now.Add(new RuleSetKeeper(set, connect, log, stores, time));
        }
        _keepers = [.. now];
        foreach (RuleSetKeeper added in now.Except(before)) added.Start();
        // Not waited for: one may be in the middle of a fetch, which ends by itself.
        foreach (RuleSetKeeper gone in before.Except(now)) _ = gone.DisposeAsync().AsTask();
    }

    /// <summary>Looks at the source of a set now.</summary>
    /// <returns>The set afterwards.</returns>
    /// <exception cref="ProxyException">There is no such set.</exception>
    public async Task<RuleSetStatus> UpdateAsync(string name, CancellationToken cancellationToken)
    {
        RuleSetKeeper keeper = Array.Find(_keepers, keeper => keeper.Set.Config.Name == name)
            ?? throw new ProxyException(ProxyError.InvalidConfiguration, $"there is no rule set named {name}");
        await keeper.UpdateAsync(always: true, cancellationToken).ConfigureAwait(false);
        return keeper.Set.GetStatus();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RuleSetKeeper keeper in Interlocked.Exchange(ref _keepers, [])) await keeper.DisposeAsync().ConfigureAwait(false);
    }

    private RuleSet FindOrMake(RuleSetConfig config)
    {
        RuleSet? present = All.FirstOrDefault(set => set.Config.Name == config.Name);
        if (present?.Config == config) return present;
        RuleSet made = new(config);
        if (present is not null && RuleSetStore.SourceOf(present.Config) == RuleSetStore.SourceOf(config) && present.Config.Sha256 == config.Sha256)
            made.TakeFrom(present);
        return made;
    }

    private async Task PrepareAsync(RuleSet set, CancellationToken cancellationToken)
    {
        if (set.Content is not null) return;
        await LoadAsync(set, time, stores, cancellationToken).ConfigureAwait(false);
        if (set.Content is not null) return;
        // The exits may not be there yet; they are a moment later, when the set is looked at the first time.
        if (set.Config.Via is not null) return;
        RuleSetKeeper keeper = new(set, connect, log, stores, time);
        try
        {
            await keeper.UpdateAsync(always: true, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            set.Failed($"no answer within {FirstFetch.TotalSeconds:0} s", time.GetUtcNow());
        }
        await keeper.DisposeAsync().ConfigureAwait(false);
    }

    // A file that is at fault has been in force when something is kept of it: a restart does not end what a change of the file did not.
    private static async Task LoadAsync(RuleSet set, TimeProvider time, StoreFaults? stores, CancellationToken cancellationToken)
    {
        RuleSetConfig config = set.Config;
        string? problem = config.File is null ? null : await ReadAsync(set, time, stores, cancellationToken).ConfigureAwait(false);
        if (config.File is not null && problem is null) return;
        if (await Task.Run(() => RuleSetStore.Load(config), cancellationToken).ConfigureAwait(false) is { } kept) set.Use(kept, null);
        else if (problem is not null) throw new ProxyException(ProxyError.InvalidConfiguration, $"sets.{config.Name}: {problem}");
    }

    private static async Task<string?> ReadAsync(RuleSet set, TimeProvider time, StoreFaults? stores, CancellationToken cancellationToken)
    {
        try
        {
            RuleSetSource source = new(set.Config, static (_, _, _) => throw new InvalidOperationException(), time);
            (RuleSetSpool spool, RuleSetLabel label) = (await source.ReadAsync(null, always: true, cancellationToken).ConfigureAwait(false))!.Value;
            using (spool)
            {
                if (set.Config.Sha256 is { } expected && expected != spool.Sha256)
                    return $"the SHA-256 of {set.Config.File} is {spool.Sha256}, and `sha256` says {expected}";
                RuleSetContent content = await Task.Run(() => RuleSetReader.Read(spool.File, set.Config.Format), cancellationToken).ConfigureAwait(false);
                set.Use(new RuleSetVersion(content, label), time.GetUtcNow());
                if (stores is not null) RuleSetStore.Keep(set.Config, label, spool.File, stores);
                return null;
            }
        }
        catch (RuleSetFaultException exception)
        {
            return exception.InnerException is null ? $"{set.Config.File}: {exception.Message}" : exception.Message;
        }
    }
}
