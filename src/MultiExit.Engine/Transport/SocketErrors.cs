using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Transport;

/// <summary>Turns socket errors into one sentence for the operator.</summary>
internal static class SocketErrors
{
    public static ProxyException Listening(IPEndPoint endPoint, SocketException exception) => exception.SocketErrorCode switch
    {
        _ when exception is PrivilegeException => new(ProxyError.PermissionDenied, $"cannot listen on {endPoint}: {exception.Message}", exception),
        SocketError.AddressAlreadyInUse => new(ProxyError.AddressInUse,
            $"cannot listen on {endPoint}: another program uses the port; stop it or choose another port", exception) { EndPoint = endPoint },
        SocketError.AddressNotAvailable => new(ProxyError.AddressNotAvailable,
            $"cannot listen on {endPoint}: the address {endPoint.Address} is not on this host", exception),
        SocketError.AccessDenied => new(ProxyError.PermissionDenied,
            $"cannot listen on {endPoint}: permission denied; a port below 1024 needs root or CAP_NET_BIND_SERVICE", exception),
        SocketError.AddressFamilyNotSupported => new(ProxyError.AddressNotAvailable,
            $"cannot listen on {endPoint}: this host has no support for that address family", exception),
        _ => new(ProxyError.Unexpected, $"cannot listen on {endPoint}: {exception.Message}", exception),
    };

    /// <summary>The error of binding to a source address.</summary>
    public static SocketException Binding(IPAddress source, SocketException exception) =>
        exception.SocketErrorCode == SocketError.AddressNotAvailable
            ? new SocketException((int)exception.SocketErrorCode,
                $"the source address {source} is not on this host; add it to an interface, or let snat put it into the packets")
            : exception;

    /// <summary>The error of a connect. EADDRNOTAVAIL after a bind that succeeded is a lack of ports (ip(7)).</summary>
    public static SocketException Connecting(IPEndPoint remote, IPAddress? source, SocketException exception) =>
        exception.SocketErrorCode == SocketError.AddressNotAvailable
            ? new SocketException((int)exception.SocketErrorCode, source is null
                ? $"no address of this host fits, or every local port towards {remote} is in use (net.ipv4.ip_local_port_range)"
                : $"every local port of {source} towards {remote} is in use; widen net.ipv4.ip_local_port_range or add exits with other addresses")
            : exception;
}
