using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Members;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Members;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Routing.Conditions;
using MultiExit.Engine.Routing.Geo;
using MultiExit.Engine.Routing.RuleSets;
using MultiExit.Engine.Sources;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>Explains routes of a configuration that no server runs.</summary>
public static class ConfigRoutes
{
    /// <summary>Explains what a server that has just started with a configuration would do. Nothing is dialed; of rule sets and lists of members, files
    /// and what is kept are read.</summary>
    /// <exception cref="ProxyException">The configuration cannot be put in force, or it has no such inbound.</exception>
    public static async Task<RouteExplanation> ExplainAsync(GatewayConfig config, RouteQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(query);
        config = AddressPools.Expand(config, new SystemCommandRunner().AddressesOf);
        TimeProvider time = TimeProvider.System;
        PortableTransport transport = new();
        await using (transport.ConfigureAwait(false))
        {
            using ResolverSet resolvers = new(transport, time);
            INameResolver resolver = resolvers.For(config.Dns);
            ExitSet exits = ExitFactory.Build(config, transport, resolver, time);
            // Nothing has been probed, as for a server that has just started.
            exits.States.Use(exits.HealthChecks);
            await using (exits.ConfigureAwait(false))
            {
                MemberChange members = await MembersOfAsync(config, exits, time, cancellationToken).ConfigureAwait(false);
                RouteExplainer explainer = new(config, exits, resolver, time)
                {
                    Members = name => members.Members.GetValueOrDefault(name),
                    Parts = new ConditionParts(time)
                    {
                        Sets = await SourceTable<RuleSet, RuleSetContent>.LoadAsync(RuleSet.Of(config), time, cancellationToken).ConfigureAwait(false),
                        Geo = GeoDatabases.Open(config.GeoIp),
                    },
                };
                return await explainer.ExplainAsync(query, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Prepared, they are in their groups; only in force would they be probed and open connections.
    private static async Task<MemberChange> MembersOfAsync(GatewayConfig config, ExitSet exits, TimeProvider time, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, MemberSource> lists = await SourceTable<MemberSource, IReadOnlyList<MemberEntry>>.LoadAsync(
            MemberSource.Of(config), time, cancellationToken).ConfigureAwait(false);
        MemberTable table = new(exits.States, time);
        await using (table.ConfigureAwait(false)) return table.Prepare(config, exits, lists);
    }
}
