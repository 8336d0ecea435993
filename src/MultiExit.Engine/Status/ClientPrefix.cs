using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Status;

/// <summary>The addresses that count as one client.</summary>
internal static class ClientPrefix
{
    private const int Ipv6PrefixBytes = 8;

    /// <summary>Whether a client is a program of this host, or comes through one.</summary>
    public static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>An IPv4 address, or the /64 of an IPv6 address: its owner has all the addresses in it.</summary>
    public static IPAddress Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[Ipv6PrefixBytes..].Clear();
        return new IPAddress(bytes);
    }
}
