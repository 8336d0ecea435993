using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <summary>Turns socket errors into one sentence for the operator.</summary>
internal static class SocketErrors
{
    public static ProxyException Listening(IPEndPoint endPoint, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => new(ProxyError.AddressInUse,
            $"cannot listen on {endPoint}: another program uses the port; stop it or choose another port", exception),
        SocketError.AddressNotAvailable => new(ProxyError.AddressNotAvailable,
            $"cannot listen on {endPoint}: the address {endPoint.Address} is not on this host", exception),
        SocketError.AccessDenied => new(ProxyError.PermissionDenied,
            $"cannot listen on {endPoint}: permission denied; a port below 1024 needs root or CAP_NET_BIND_SERVICE", exception),
        SocketError.AddressFamilyNotSupported => new(ProxyError.AddressNotAvailable,
            $"cannot listen on {endPoint}: this host has no support for that address family", exception),
        _ => new(ProxyError.Unexpected, $"cannot listen on {endPoint}: {exception.Message}", exception),
    };
}
