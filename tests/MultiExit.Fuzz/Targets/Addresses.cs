using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Protocols;

namespace MultiExit.Fuzz.Targets;

/// <summary>Checks of addresses that several formats share.</summary>
internal static class Addresses
{
    /// <summary>Checks the promise of <see cref="Destination"/>, wherever it was read from.</summary>
    public static void Check(Destination destination)
    {
        string host = destination.Host;
        Claim.That(host.Length is > 0 and <= Destination.MaxDomainLength, "a host is empty or too long");
        Claim.That(!host.AsSpan().ContainsAnyExceptInRange('!', '~'), "a host has a blank, a control character or one that is not ASCII");
        if (destination.Address is { } address)
        {
            Claim.That(!address.IsIPv4MappedToIPv6, "an IPv4 address came through in its IPv6 form");
            Claim.Same(address.ToString(), host, "the host of an address");
            return;
        }
        // Shorter and hexadecimal forms are names. A resolver may take them for addresses; its answer is checked like any other.
        bool dotted = host.Count(c => c == '.') == 3 && !host.AsSpan().ContainsAnyExcept("0123456789.");
        Claim.That(!dotted || !IPAddress.TryParse(host, out _), "a literal address passes as a domain");
        Claim.That(Destination.TryFromHost(host, destination.Port, out Destination? again), "a host that was read is refused");
        Claim.Same(destination, again, "a host read twice");
    }

    /// <summary>Checks that an address comes back from the bytes it was written to. A zone (RFC 4007) belongs to one machine and is not
    /// written.</summary>
    public static void Same(Destination written, Destination? read)
    {
        if (written.Address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } address)
            written = Destination.FromAddress(new IPAddress(address.GetAddressBytes()), written.Port);
        Claim.Same(written, read, "an address that was written and read");
    }
}
