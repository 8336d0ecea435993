using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Routing;

/// <summary>Where one user may go. Immutable.</summary>
internal sealed class UserPolicy
{
    private readonly string _user;
    private readonly Destinations? _allow;
    private readonly Destinations? _deny;

    public UserPolicy(UserConfig user)
    {
        _user = user.Name;
        _allow = user.Allow is null ? null : new(user.Allow);
        _deny = user.Deny is null ? null : new(user.Deny);
    }

    /// <summary>Whether the addresses of a name have to be known.</summary>
    public bool NeedsAddresses(Destination destination) =>
        destination.IsDomain && _deny?.HasName(destination.Host) != true
        && (_deny is { HasNetworks: true } || _allow is { HasNetworks: true } && !_allow.HasName(destination.Host));

    /// <summary>Why the user may not go there; null when it may.</summary>
    /// <param name="destination">Where.</param>
    /// <param name="addresses">The addresses of its name; null where they are not known, or not needed.</param>
    /// <remarks>A name is forbidden when one of its addresses is, and allowed by its addresses when all of them are: any may be dialed. A name without
    /// an address is refused where addresses count, since a proxy behind an exit may find some.</remarks>
    public string? Refusal(Destination destination, IReadOnlyList<IPAddress>? addresses)
    {
        string? name = destination.IsDomain ? destination.Host : null;
        IReadOnlyList<IPAddress> all = destination.Address is { } only ? [only] : addresses ?? [];
        if (NeedsAddresses(destination) && all.Count == 0) return $"{_user} has `allow` or `deny` with networks, and {name} does not resolve";
        if (_deny is not null && (_deny.HasName(name) || all.Any(_deny.HasAddress))) return $"{_user} may not go there: `deny` of the user";
        if (_allow is null || _allow.HasName(name) || all.Count > 0 && all.All(_allow.HasAddress)) return null;
        return $"{_user} may not go there: it is not in `allow` of the user";
    }

    private sealed class Destinations(UserDestinations config)
    {
        private readonly DomainSet _domains = new(config.Domains);
        private readonly AddressPrefixSet _networks = new(config.Networks);

        public bool HasNetworks => config.Networks.Count > 0;

        public bool HasName(string? name) => name is not null && _domains.Contains(name);

        public bool HasAddress(IPAddress address) => _networks.Contains(address);
    }
}
