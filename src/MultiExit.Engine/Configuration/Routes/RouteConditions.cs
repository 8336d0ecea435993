using System.Net;
using MultiExit.Engine.Configuration.Groups;

namespace MultiExit.Engine.Configuration.Routes;

/// <summary>Conditions of a rule, or of a part of one. All that are given must hold; the values of one condition are alternatives; an empty
/// list is no condition.</summary>
public record RouteConditions
{
    /// <summary>The most levels of <see cref="Not"/>, <see cref="Any"/> and <see cref="All"/> within each other.</summary>
    public const int MaxDepth = 8;

    /// <summary>Authenticated users.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Groups of users, of which the user is in one.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Address ranges of which one holds the client's address.</summary>
    public IReadOnlyList<IPNetwork> Clients { get; init; } = [];

    /// <summary>Names of inbounds.</summary>
    public IReadOnlyList<string> Inbounds { get; init; } = [];

    /// <summary>Address ranges of which one holds the address that the client came in on.</summary>
    public IReadOnlyList<IPNetwork> LocalNetworks { get; init; } = [];

    /// <summary>TCP, UDP.</summary>
    public IReadOnlyList<RouteProtocol> Protocols { get; init; } = [];

    /// <summary>Domains: <c>example.com</c> is that name, <c>.example.com</c> every name beneath it and itself.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Texts of which one is a part of the destination's name.</summary>
    public IReadOnlyList<string> DomainKeyword { get; init; } = [];

    /// <summary>Regular expressions of which one finds something in the destination's name.</summary>
    public IReadOnlyList<string> DomainRegex { get; init; } = [];

    /// <summary>Address ranges of the destination. A domain is resolved for the comparison when a rule gets that far.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Names of rule sets, of which one has the destination.</summary>
    public IReadOnlyList<string> Sets { get; init; } = [];

    /// <summary>Countries of the destination's address, by ISO 3166-1 in two letters.</summary>
    public IReadOnlyList<string> Countries { get; init; } = [];

    /// <summary>Numbers of the autonomous systems that the destination's address belongs to.</summary>
    public IReadOnlyList<uint> Asns { get; init; } = [];

    /// <summary>Destination ports.</summary>
    public IReadOnlyList<PortRange> Ports { get; init; } = [];

    /// <summary>Times of the week.</summary>
    public IReadOnlyList<RouteTimes> Times { get; init; } = [];

    /// <summary>Conditions that must not all hold; null: no condition.</summary>
    public RouteConditions? Not { get; init; }

    /// <summary>Sets of conditions of which one must hold.</summary>
    public IReadOnlyList<RouteConditions> Any { get; init; } = [];

    /// <summary>Sets of conditions that must all hold.</summary>
    public IReadOnlyList<RouteConditions> All { get; init; } = [];

    /// <summary>Whether nothing but the inbound and the user could keep a request from matching.</summary>
    internal bool IsOpen => Groups.Count == 0 && Clients.Count == 0 && LocalNetworks.Count == 0 && Protocols.Count == 0 && Domains.Count == 0
        && DomainKeyword.Count == 0 && DomainRegex.Count == 0 && Networks.Count == 0 && Sets.Count == 0
        && Countries.Count == 0 && Asns.Count == 0 && Ports.Count == 0 && Times.Count == 0
        && Not is null && Any.Count == 0 && All.Count == 0;
}
