using System.Net;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>A chain or rule of others that sees packets before our source NAT does: the first source NAT that matches counts.</summary>
/// <param name="Place">What it is, in words.</param>
/// <param name="IsIpv6">The family of its packets; null: both.</param>
internal sealed record OtherNat(string Place, bool? IsIpv6)
{
    /// <summary>The only interface that its packets leave by; null: any.</summary>
    public string? Interface { get; init; }

    /// <summary>Where all its packets come from; null: anywhere.</summary>
    public IPNetwork? Source { get; init; }

    /// <summary>Whether an apply of ours gets before it again.</summary>
    public bool CanBePassed { get; init; }

    /// <summary>Whether packets of an exit may be rewritten by it, or kept from being rewritten by us.</summary>
    public bool Concerns(SnatExit exit, ICommandRunner system) =>
        exit.Address is not null && (IsIpv6 is null || IsIpv6 == exit.IsIpv6) && (Interface is null || Interface == exit.Interface)
        && (Source is not { } source || MayComeFrom(source, system.AddressesOf(exit.Interface)));

    // Before it is rewritten, a packet has an address of its interface; one without addresses borrows others.
    private static bool MayComeFrom(IPNetwork source, IReadOnlyList<IPAddress> addresses) => addresses.Count == 0 || addresses.Any(source.Contains);
}
