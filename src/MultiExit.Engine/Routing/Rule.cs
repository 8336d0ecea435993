using System.Collections.Frozen;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Routing;

/// <summary>One rule, its conditions prepared for look-up. Immutable.</summary>
internal sealed class Rule
{
    private readonly FrozenSet<string>? _users;
    private readonly FrozenSet<string>? _inbounds;
    private readonly AddressPrefixSet? _localNetworks;
    private readonly DomainSet? _domains;
    private readonly AddressPrefixSet? _networks;
    private readonly PortRange[] _ports;

    public Rule(RouteConfig config, int index, IExit exit)
    {
        _users = SetOf(config.Users);
        _inbounds = SetOf(config.Inbounds);
        _localNetworks = config.LocalNetworks.Count == 0 ? null : new AddressPrefixSet(config.LocalNetworks);
        _domains = config.Domains.Count == 0 ? null : new DomainSet(config.Domains);
        _networks = config.Networks.Count == 0 ? null : new AddressPrefixSet(config.Networks);
        _ports = [.. config.Ports];
        Route = new Route(exit, index, null);
    }

    /// <summary>The route when it matches.</summary>
    public Route Route { get; }

    /// <summary>Whether the rule has a condition on the destination's address.</summary>
    public bool HasNetworks => _networks is not null;

    /// <summary>Whether the rule has a condition on users.</summary>
    public bool HasUsers => _users is not null;

    /// <summary>Whether the rule has a condition on the address that the client came in on.</summary>
    public bool HasLocalNetworks => _localNetworks is not null;

    /// <summary>Whether the rule has a condition on destinations.</summary>
    public bool HasDestinations => HasNetworks || _domains is not null || _ports.Length > 0;

    /// <summary>Whether all conditions hold except those on destinations.</summary>
    public bool MayMatch(RequestInfo request) => MatchesInbound(request) && MatchesUser(request) && MatchesLocal(request);

    /// <summary>Whether all conditions hold except the one on addresses.</summary>
    public bool Matches(RequestInfo request) =>
        MayMatch(request) && MatchesPort(request.Destination.Port) && MatchesDomain(request);

    /// <summary>The conditions that do not hold, except the one on addresses, by their keys; for an explanation.</summary>
    public IEnumerable<string> Mismatches(RequestInfo request)
    {
        if (!MatchesInbound(request)) yield return "inbounds";
        if (!MatchesUser(request)) yield return "users";
        if (!MatchesLocal(request)) yield return "local_networks";
        if (!MatchesPort(request.Destination.Port)) yield return "ports";
        if (!MatchesDomain(request)) yield return "domains";
    }

    /// <summary>Whether the condition on addresses holds.</summary>
    public bool Matches(IPAddress address) => _networks is null || _networks.Contains(address);

    private bool MatchesInbound(RequestInfo request) => _inbounds is null || _inbounds.Contains(request.Inbound);

    private bool MatchesUser(RequestInfo request) => _users is null || request.User is not null && _users.Contains(request.User);

    private bool MatchesLocal(RequestInfo request) => _localNetworks is null || _localNetworks.Contains(request.Local.Address);

    private bool MatchesDomain(RequestInfo request) =>
        _domains is null || request.Destination.IsDomain && _domains.Contains(request.Destination.Host);

    private bool MatchesPort(int port)
    {
        if (_ports.Length == 0) return true;
        foreach (PortRange range in _ports)
            if (range.Contains(port)) return true;
        return false;
    }

    private static FrozenSet<string>? SetOf(IReadOnlyList<string> values) =>
        values.Count == 0 ? null : values.ToFrozenSet(StringComparer.Ordinal);
}
