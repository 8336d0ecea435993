using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>Explains routes of a configuration that no server runs.</summary>
public static class ConfigRoutes
{
    /// <summary>Explains what a server that has just started with a configuration would do. Nothing is dialed.</summary>
    /// <exception cref="ProxyException">The configuration cannot be put in force, or it has no such inbound.</exception>
    public static async Task<RouteExplanation> ExplainAsync(GatewayConfig config, RouteQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(query);
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
                return await new RouteExplainer(config, exits, resolver, time).ExplainAsync(query, cancellationToken).ConfigureAwait(false);
        }
    }
}
