using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Records;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Routing.Geo;
using MultiExit.Engine.Routing.RuleSets;
using MultiExit.Engine.Sources;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <content>Holding a candidate configuration against sessions that were.</content>
public sealed partial class GatewayServer
{
    // Some minutes of one core at the most.
    private const long MaxReplayed = 2_000_000;
    private const int ReplayPage = 1000;

    /// <summary>Says what a configuration would do with sessions of this server: how many would take another way or be refused, and by which rule.
    /// Nothing is dialed, and nothing changes.</summary>
    /// <param name="candidate">The configuration.</param>
    /// <param name="query">Which sessions.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProxyException">The server keeps no records, they cannot be read, or the candidate cannot be put in force.</exception>
    public async Task<ReplayReport> ReplayAsync(GatewayConfig candidate, ReplayQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(query);
        candidate = Expanded(candidate);
        PortableTransport transport = new();
        await using (transport.ConfigureAwait(false))
        {
            using ResolverSet resolvers = new(transport, _options.Time);
            ExitSet exits = ExitFactory.Build(candidate, transport, resolvers.For(candidate.Dns), _options.Time, protocols: _options.Protocols);
            await using (exits.ConfigureAwait(false))
            {
                RouteReplay replay = new(candidate, exits, await SetsOfAsync(candidate, cancellationToken).ConfigureAwait(false),
                    GeoDatabases.Open(candidate.GeoIp, _geo), _options.Time);
                bool isCut = await Task.Run(() => FeedAsync(replay, query, cancellationToken), cancellationToken).ConfigureAwait(false);
                return replay.Report with { Against = query.Against, Since = query.Since, IsCut = isCut };
            }
        }
    }

    // Those in force where they are the same; others from their files and what is kept, without any network.
    private async Task<IReadOnlyDictionary<string, RuleSet>> SetsOfAsync(GatewayConfig candidate, CancellationToken cancellationToken)
    {
        Dictionary<string, RuleSet> sets = _sets.All.Where(set => candidate.Sets.Contains(set.Config))
            .ToDictionary(set => set.Config.Name, StringComparer.Ordinal);
        GatewayConfig others = candidate with { Sets = [.. candidate.Sets.Where(set => !sets.ContainsKey(set.Name))] };
        foreach ((string name, RuleSet set) in await SourceTable<RuleSet, RuleSetContent>.LoadAsync(RuleSet.Of(others), _options.Time, cancellationToken)
            .ConfigureAwait(false)) sets[name] = set;
        return sets;
    }

    private async Task<bool> FeedAsync(RouteReplay replay, ReplayQuery query, CancellationToken cancellationToken)
    {
        if (query.Against == ReplaySource.Live)
        {
            foreach (SessionRecord session in GetSessions()) replay.Add(session);
            return false;
        }
        RecordQuery page = new() { Since = query.Since, Limit = ReplayPage };
        for (long fed = 0; fed < MaxReplayed;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RecordPage found = await FindRecordsAsync(page, cancellationToken).ConfigureAwait(false);
            foreach (SessionRecord session in found.Records) replay.Add(session);
            if (found.Next is not { } next) return false;
            fed += found.Records.Count;
            page = page with { Before = next };
        }
        return true;
    }
}
