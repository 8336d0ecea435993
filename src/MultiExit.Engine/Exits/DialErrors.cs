using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Exits;

/// <summary>What a socket error of a connect means to a client.</summary>
internal static class DialErrors
{
    public static DialFailure ToFailure(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.AddressFamilyNotSupported => DialFailure.NetworkUnreachable,
        SocketError.HostUnreachable or SocketError.HostDown => DialFailure.HostUnreachable,
        SocketError.ConnectionRefused or SocketError.ConnectionReset => DialFailure.ConnectionRefused,
        SocketError.TimedOut => DialFailure.TimedOut,
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => DialFailure.NameNotResolved,
        // A firewall of this host answers EACCES or EPERM.
        SocketError.AccessDenied => DialFailure.NotAllowed,
        _ => DialFailure.General,
    };

    /// <summary>The error in words; names the source address when that is what is wrong.</summary>
    public static string Describe(SocketException exception, IPAddress? source) =>
        exception.SocketErrorCode == SocketError.AddressNotAvailable && source is not null
            ? $"the source address {source} is not on this host"
            : exception.Message;
}
