using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>The original destination of a connection that netfilter's REDIRECT or DNAT has changed: SO_ORIGINAL_DST of
/// linux/netfilter_ipv4.h, IP6T_SO_ORIGINAL_DST of linux/netfilter_ipv6/ip6_tables.h.</summary>
internal static class OriginalDestination
{
    private const int SolIp = 0, SolIpv6 = 41, SoOriginalDst = 80;

    /// <summary>The option of a family.</summary>
    public static (int Level, int Name) OptionOf(AddressFamily family) => (family == AddressFamily.InterNetworkV6 ? SolIpv6 : SolIp, SoOriginalDst);

    /// <summary>Asks a .NET socket.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="family">The family of its peer, which is IPv4 on a socket that takes both as well.</param>
    /// <returns>Null where the system's connection tracking does not know the connection.</returns>
    public static IPEndPoint? Of(Socket socket, AddressFamily family)
    {
        byte[] address = new byte[SockAddr.MaxLength];
        (int level, int name) = OptionOf(family);
        try
        {
            _ = socket.GetRawSocketOption(level, name, address);
            return SockAddr.Read(address);
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
