using System.Net.Sockets;
using System.Text;

namespace MultiExit.Engine.Transport;

/// <summary>The way that the packets of a socket take. Set before it connects or sends: a later mark would miss the first packet.</summary>
/// <param name="Mark">The firewall mark, SO_MARK (socket(7)); 0: none. Linux only; needs CAP_NET_ADMIN.</param>
/// <param name="Interface">The only interface it uses, SO_BINDTODEVICE; null: any. Linux only.</param>
/// <param name="OneFamily">A UDP socket bound to <c>[::]</c> does not take IPv4 as well.</param>
/// <param name="FreeBind">The source address need not be on an interface, IP_FREEBIND (ip(7)); needs no privilege. Linux only.</param>
/// <param name="Transparent">It may have addresses of other hosts, IP_TRANSPARENT (ip(7)): a listener takes what the firewall's TPROXY hands it, a bound
/// socket sends from an address that is not this host's. Linux only; needs CAP_NET_ADMIN.</param>
/// <param name="SharesAddress">A UDP socket whose address and port other sockets may have as well, SO_REUSEADDR. Linux only.</param>
internal readonly record struct SocketRoute(
    int Mark = 0, string? Interface = null, bool OneFamily = false, bool FreeBind = false, bool Transparent = false, bool SharesAddress = false)
{
    /// <summary>SOL_SOCKET, SO_MARK and SO_BINDTODEVICE of Linux.</summary>
    internal const int SolSocket = 1, SoMark = 36, SoBindToDevice = 25;

    // IP_FREEBIND at SOL_IP, IPV6_FREEBIND at SOL_IPV6.
    private const int SolIp = 0, IpFreeBind = 15, SolIpv6 = 41, Ipv6FreeBind = 78;

    // IP_TRANSPARENT at SOL_IP, IPV6_TRANSPARENT at SOL_IPV6: one flag of the socket, whichever family asks.
    private const int IpTransparent = 19, Ipv6Transparent = 75, SoReuseAddr = 2;

    public bool IsDefault => Mark == 0 && Interface is null && !FreeBind && !Transparent && !SharesAddress;

    /// <summary>The name in the form that SO_BINDTODEVICE takes.</summary>
    public byte[] InterfaceName => [.. Encoding.ASCII.GetBytes(Interface ?? ""), 0];

    /// <summary>Applies it to a .NET socket.</summary>
    /// <exception cref="SocketException">The system refuses; the message says what to do.</exception>
    public void ApplyTo(Socket socket)
    {
        if (IsDefault) return;
        if (!OperatingSystem.IsLinux())
            throw new SocketException((int)SocketError.OperationNotSupported, "a mark, an interface or a prefix of an exit needs Linux; leave it out here");
        try
        {
            if (Mark != 0) socket.SetRawSocketOption(SolSocket, SoMark, BitConverter.GetBytes(Mark));
        }
        catch (SocketException exception)
        {
            throw MarkRefused(exception);
        }
        try
        {
            if (Interface is not null) socket.SetRawSocketOption(SolSocket, SoBindToDevice, InterfaceName);
        }
        catch (SocketException exception)
        {
            throw InterfaceRefused(exception);
        }
        try
        {
            (int level, int name) = FreeBindOption(socket.AddressFamily);
            if (FreeBind) socket.SetRawSocketOption(level, name, BitConverter.GetBytes(1));
        }
        catch (SocketException exception)
        {
            throw FreeBindRefused(exception);
        }
        if (SharesAddress) socket.SetRawSocketOption(SolSocket, SoReuseAddr, BitConverter.GetBytes(1));
        try
        {
            (int level, int name) = TransparentOption(socket.AddressFamily);
            if (Transparent) socket.SetRawSocketOption(level, name, BitConverter.GetBytes(1));
        }
        catch (SocketException exception)
        {
            throw TransparentRefused(exception);
        }
    }

    /// <summary>The option of a family that lets a socket have addresses of other hosts.</summary>
    public static (int Level, int Name) TransparentOption(AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? (SolIpv6, Ipv6Transparent) : (SolIp, IpTransparent);

    /// <summary>The error of IP_TRANSPARENT as a sentence.</summary>
    public static SocketException TransparentRefused(SocketException exception) => exception.SocketErrorCode == SocketError.AccessDenied
        ? new PrivilegeException("the addresses of other hosts cannot be taken without CAP_NET_ADMIN (IP_TRANSPARENT); run as root, or give the "
            + "service that capability: AmbientCapabilities=CAP_NET_ADMIN")
        : new SocketException((int)exception.SocketErrorCode, $"this kernel does not let a socket take the addresses of other hosts: {exception.Message}");

    /// <summary>The option of a family that lets a socket bind to any address.</summary>
    public static (int Level, int Name) FreeBindOption(AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? (SolIpv6, Ipv6FreeBind) : (SolIp, IpFreeBind);

    /// <summary>The error of IPV6_FREEBIND as a sentence.</summary>
    public static SocketException FreeBindRefused(SocketException exception) => new(
        (int)exception.SocketErrorCode,
        $"this kernel does not let a program use addresses that are on no interface ({exception.Message}); a prefix needs Linux 4.15 or later");

    /// <summary>The error of SO_MARK as a sentence.</summary>
    public SocketException MarkRefused(SocketException exception) => new(
        (int)exception.SocketErrorCode,
        exception.SocketErrorCode == SocketError.AccessDenied
            ? $"the mark {Mark} cannot be set without CAP_NET_ADMIN; run as root or give the service that capability"
            : $"the mark {Mark} cannot be set: {exception.Message}");

    /// <summary>The error of SO_BINDTODEVICE as a sentence.</summary>
    public SocketException InterfaceRefused(SocketException exception) => new(
        (int)exception.SocketErrorCode,
        exception.SocketErrorCode == SocketError.AccessDenied
            ? $"the interface {Interface} cannot be chosen without CAP_NET_RAW; run as root or give the service that capability"
            : $"the interface {Interface} is not on this host; bring it up or name another");
}
