using System.Net;
using MultiExit.Engine.Configuration.Groups;

namespace MultiExit.Engine.Configuration;

/// <summary>A rule. All conditions given must hold; the values of one condition are alternatives; an empty list is no condition.</summary>
public sealed record RouteConfig
{
    /// <summary>Authenticated users.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Names of inbounds.</summary>
    public IReadOnlyList<string> Inbounds { get; init; } = [];

    /// <summary>Address ranges of which one holds the address that the client came in on.</summary>
    public IReadOnlyList<IPNetwork> LocalNetworks { get; init; } = [];

    /// <summary>Domains: <c>example.com</c> is that name, <c>.example.com</c> every name beneath it and itself.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Address ranges of the destination. A domain is resolved for the comparison when a rule gets that far.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Destination ports.</summary>
    public IReadOnlyList<PortRange> Ports { get; init; } = [];

    /// <summary>The exit or group.</summary>
    public required string Exit { get; init; }
}
