using System.Net;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>A chain or rule of another program that sees packets before MultiExit's source NAT does: the first source NAT that matches
/// counts.</summary>
/// <param name="Place">The chain or rule, for messages.</param>
/// <param name="IsIpv6">The family of its packets; null: both.</param>
internal sealed record OtherNat(string Place, bool? IsIpv6)
{
    /// <summary>The only interface that its packets leave by; null: any.</summary>
    public string? Interface { get; init; }

    /// <summary>The network that all its packets come from; null: any.</summary>
    public IPNetwork? Source { get; init; }

    /// <summary>Whether another <c>apply</c> puts MultiExit's rules before it again.</summary>
    public bool CanBePassed { get; init; }

    /// <summary>Whether it may rewrite packets of an exit, or keep MultiExit from rewriting them.</summary>
    public bool Concerns(SnatExit exit, ICommandRunner system) =>
        exit.Address is not null && (IsIpv6 is null || IsIpv6 == exit.IsIpv6) && (Interface is null || Interface == exit.Interface)
        && (Source is not { } source || MayComeFrom(source, system.AddressesOf(exit.Interface)));

    // Before it is rewritten, a packet has an address of its interface; an interface without addresses borrows another's.
    private static bool MayComeFrom(IPNetwork source, IReadOnlyList<IPAddress> addresses) => addresses.Count == 0 || addresses.Any(source.Contains);
}
