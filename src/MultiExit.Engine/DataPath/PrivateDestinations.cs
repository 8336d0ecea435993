using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.DataPath;

/// <summary>Addresses that a public proxy must not lead to: this host by any of its addresses, its networks, and the metadata services of
/// clouds. Checked after name resolution, so that a name cannot point past the check.</summary>
internal static class PrivateDestinations
{
    /// <summary>The reason in the answer where such a destination is refused.</summary>
    public const string Refusal = "private destinations are refused on this inbound (private_destinations: allow changes that)";

    private static readonly TimeSpan Nat64Lifetime = TimeSpan.FromHours(1);

    // Static: the network of the process has these prefixes, not a server.
    private static volatile IReadOnlyList<Nat64Prefix> _nat64 = [];
    private static long _nat64Due = long.MinValue;

    /// <summary>Whether the request is for such an address and its inbound does not allow that; names are checked where they are resolved.</summary>
    public static bool Refuses(RequestInfo request) =>
        !request.PrivateDestinationsAllowed && request.Destination.Address is { } address && Contains(address);

    /// <summary>Whether the address is not globally reachable (<see cref="SpecialPurposeAddresses"/>), embeds an IPv4 address that is not, or
    /// is one of this host's own.</summary>
    public static bool Contains(IPAddress address) =>
        SpecialPurposeAddresses.Contains(address, _nat64) || LocalAddresses.System.Contains(address);

    /// <summary>Asks the system's resolver for the prefixes of this network's NAT64 (RFC 7050), once an hour however often it is called.
    /// The answer holds for the whole process; a resolver that fails changes nothing.</summary>
    public static void DiscoverNat64()
    {
        long due = Interlocked.Read(ref _nat64Due);
        long now = Environment.TickCount64;
        if (now >= due && Interlocked.CompareExchange(ref _nat64Due, now + (long)Nat64Lifetime.TotalMilliseconds, due) == due)
            _ = DiscoverNat64Async(new SystemNameResolver(TimeProvider.System));
    }

    private static async Task DiscoverNat64Async(SystemNameResolver resolver)
    {
        NameResult found = await resolver.ResolveAsync(Nat64Prefix.WellKnownName, CancellationToken.None).ConfigureAwait(false);
        if (found.Succeeded) _nat64 = Nat64Prefix.Discover(found.Addresses);
    }
}
