using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>Linux error numbers as .NET's socket errors.</summary>
internal static class Errno
{
    public const int Again = 11, Interrupted = 4, InProgress = 115, ConnectionAborted = 103;

    public static SocketException LastException() => ToException(Marshal.GetLastPInvokeError());

    public static SocketException ToException(int errno) => new((int)ToSocketError(errno));

    private static SocketError ToSocketError(int errno) => errno switch
    {
        1 or 13 => SocketError.AccessDenied, // EPERM, EACCES
        12 or 105 => SocketError.NoBufferSpaceAvailable, // ENOMEM, ENOBUFS
        22 => SocketError.InvalidArgument,
        23 or 24 => SocketError.TooManyOpenSockets, // ENFILE, EMFILE
        32 => SocketError.Shutdown, // EPIPE
        97 => SocketError.AddressFamilyNotSupported,
        98 => SocketError.AddressAlreadyInUse,
        99 => SocketError.AddressNotAvailable,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        103 => SocketError.ConnectionAborted,
        104 => SocketError.ConnectionReset,
        107 => SocketError.NotConnected,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };
}
