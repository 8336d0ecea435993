using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Routing.Conditions;

namespace MultiExit.Engine.Routing;

/// <summary>One rule, its conditions prepared for look-up. Immutable.</summary>
internal sealed class Rule
{
    private readonly AllCondition _conditions;

    /// <param name="config">The rule.</param>
    /// <param name="index">Its place in the list, from 0.</param>
    /// <param name="exit">The exit that it leads to.</param>
    /// <param name="parts">What its conditions look at.</param>
    public Rule(RouteConfig config, int index, IExit exit, ConditionParts parts)
    {
        _conditions = ConditionBuilder.Build(config, parts, config.Sniffed);
        Route = new Route(exit, index, null);
        Sniffs = config.Sniffed;
        IsReport = config.Action == RouteAction.Report;
    }

    /// <summary>The route when it matches.</summary>
    public Route Route { get; }

    /// <summary>Whether it only reports what it matches.</summary>
    public bool IsReport { get; }

    /// <summary>Whether it may depend on the name in a client's first bytes.</summary>
    public bool Sniffs { get; }

    /// <summary>Whether it may depend on the addresses of the destination's name.</summary>
    public bool UsesAddresses => _conditions.UsesAddresses;

    /// <summary>Whether all conditions hold.</summary>
    public Truth Test(in RouteMatch match) => _conditions.Test(match);

    /// <summary>For an explanation: why it does not match, or what it would have to know.</summary>
    public string Why(in RouteMatch match, Truth truth) => _conditions.Why(match, truth);

    /// <summary>For an explanation: what of its conditions holds, where that is more than their text says; null: it says enough.</summary>
    public string? Hit(in RouteMatch match) => _conditions.Hit(match);
}
