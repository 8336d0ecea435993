using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Protocols.ProxyProtocol;

/// <summary>Addresses as headers have them.</summary>
internal static class ProxyAddresses
{
    /// <summary>An IPv4 address that is written as IPv6, as IPv4.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Both as IPv4, or else both as IPv6: a header has one family.</summary>
    public static (IPAddress Source, IPAddress Destination) OfOneFamily(IPAddress source, IPAddress destination)
    {
        (source, destination) = (Plain(source), Plain(destination));
        return source.AddressFamily == destination.AddressFamily ? (source, destination) : (source.MapToIPv6(), destination.MapToIPv6());
    }

    /// <summary>Whether both are IPv4.</summary>
    public static bool IsIPv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;
}
