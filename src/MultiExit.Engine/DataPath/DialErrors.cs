using System.Net.Sockets;

namespace MultiExit.Engine.DataPath;

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

    /// <summary>Whether a failure is certainly the exit's fault: its proxy is gone, is broken or refuses to serve.</summary>
    public static bool IsExitsFault(DialFailure failure) =>
        failure is DialFailure.ProxyUnreachable or DialFailure.ProxyAuthenticationFailed or DialFailure.ProxyProtocolError;

    /// <summary>Whether a failure turns out to be the exit's fault when another exit reaches the same target. A refusal comes from the target
    /// itself, and an exit that has no address of the target's family is not broken.</summary>
    public static bool MayBeExitsFault(DialFailure failure) =>
        failure is DialFailure.TimedOut or DialFailure.HostUnreachable or DialFailure.TtlExpired or DialFailure.NameNotResolved or DialFailure.General;
}
