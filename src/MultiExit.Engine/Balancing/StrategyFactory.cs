using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Balancing;

/// <summary>Makes the strategy of a group.</summary>
internal static class StrategyFactory
{
    public static IStrategy Create(GroupConfig config, StickyTable bindings) => config.Strategy switch
    {
        GroupStrategy.LeastConnections when config.Pool is not null =>
            new PoolChoice(new Sticky(BindingUnit.Header, config.Lifetime, bindings), new LeastConnections()),
        GroupStrategy.RoundRobin => new RoundRobin(),
        GroupStrategy.PortBased => new PortBased(config.PortRanges),
        GroupStrategy.DestinationBased => new DestinationBased(config.Bind ?? BindingUnit.Connection),
        GroupStrategy.Random => new RandomChoice(Random.Shared),
        GroupStrategy.Weighted => new Weighted(),
        GroupStrategy.LeastConnections => new LeastConnections(),
        GroupStrategy.LowestLatency => new LowestLatency(),
        GroupStrategy.Quality => new Quality(),
        GroupStrategy.Failover => new Failover(),
        GroupStrategy.Sticky => new Sticky(config.Bind ?? BindingUnit.Client, config.Lifetime, bindings, config.StateFile is not null || config.TakesMembers),
        _ => throw new ProxyException(ProxyError.InvalidConfiguration, $"group {config.Name}: unknown strategy {config.Strategy}"),
    };
}
