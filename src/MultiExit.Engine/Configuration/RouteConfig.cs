using MultiExit.Engine.Configuration.Routes;

namespace MultiExit.Engine.Configuration;

/// <summary>A rule: its conditions, and what it does with requests that match them.</summary>
public sealed record RouteConfig : RouteConditions
{
    /// <summary>Whether conditions on names look at the name in the first bytes of a client that asked for an address (TLS, HTTP).</summary>
    public bool Sniffed { get; init; }

    /// <summary>A rule with no condition yet.</summary>
    public RouteConfig() { }

    /// <summary>A rule with these conditions.</summary>
    public RouteConfig(RouteConditions conditions)
        : base(conditions) { }

    // The exit that always exists and refuses.
    private const string Refusing = "block";

    /// <summary>What it does.</summary>
    public RouteAction Action { get; init; }

    /// <summary>The exit or group; null where the action needs none: a rule that reports without
    /// one reports what it would refuse.</summary>
    public string? Exit { get; init; }

    /// <summary>The exit or group that matching requests take; of a rule that only reports, would take.</summary>
    /// <param name="fallback">The exit or group that <c>default</c> names.</param>
    internal string ExitOf(string fallback) => Action switch
    {
        RouteAction.Allow => fallback,
        RouteAction.Deny => Refusing,
        _ => Exit ?? Refusing,
    };
}
