using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Routing.Conditions;
using MultiExit.Engine.Routing.Geo;
using MultiExit.Engine.Routing.RuleSets;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>Explains routes of a configuration that no server runs.</summary>
public static class ConfigRoutes
{
    /// <summary>Explains what a server that has just started with a configuration would do. Nothing is dialed; of rule sets, files and what is kept are
    /// read.</summary>
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
                RouteExplainer explainer = new(config, exits, resolver, time)
                {
                    Parts = new ConditionParts(time)
                    {
                        Sets = await RuleSetTable.LoadAsync(config, time, cancellationToken).ConfigureAwait(false), Geo = GeoDatabases.Open(config.GeoIp),
                    },
                };
                return await explainer.ExplainAsync(query, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
