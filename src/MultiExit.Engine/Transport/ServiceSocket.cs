using System.Net;
using System.Runtime.InteropServices;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>A socket that the service manager has given, with what the system says of it.</summary>
/// <param name="Name">Its name in LISTEN_FDNAMES.</param>
/// <param name="EndPoint">The address that it is bound to.</param>
/// <param name="IsDatagram">Whether it takes datagrams; otherwise it listens for connections.</param>
/// <param name="Descriptor">The socket.</param>
internal sealed record ServiceSocket(string Name, IPEndPoint EndPoint, bool IsDatagram, PassedDescriptor Descriptor)
{
    /// <summary>Whether a process before this one has put it into the manager's store; otherwise it is of a socket unit.</summary>
    public bool IsStored => Name.StartsWith(ServiceStore.NamePrefix, StringComparison.Ordinal);

    /// <summary>Takes a descriptor, which no program that this one starts gets.</summary>
    /// <returns>Null, with the descriptor closed, where it is no bound socket of IP that listens or takes datagrams.</returns>
    public static ServiceSocket? TryTake(int descriptor, string name)
    {
        PassedDescriptor passed = new(descriptor);
        // The manager gives those of socket units as ones that block.
        if (Libc.Fcntl(passed, Libc.FSetFd, Libc.CloseOnExec) >= 0 && Libc.Fcntl(passed, Libc.FGetFlags, 0) is >= 0 and var flags
            && Libc.Fcntl(passed, Libc.FSetFlags, flags | Libc.SockNonblock) >= 0 && EndPointOf(passed) is { Port: > 0 } endPoint)
        {
            int type = Option(passed, Libc.SoType);
            if (type == Libc.SockDatagram || (type == Libc.SockStream && Option(passed, Libc.SoAcceptConn) == 1))
                return new ServiceSocket(name, endPoint, type == Libc.SockDatagram, passed);
        }
        passed.Dispose();
        return null;
    }

    /// <summary>Has it listen no more, wherever else it is held.</summary>
    public void EndListening() => _ = Libc.Shutdown(Descriptor, Libc.ShutBoth);

    private static IPEndPoint? EndPointOf(SafeHandle socket)
    {
        try
        {
            return SocketCalls.GetLocalEndPoint(socket);
        }
        catch (SystemException)
        {
            // No socket, or one of another family.
            return null;
        }
    }

    private static unsafe int Option(SafeHandle socket, int name)
    {
        int value = 0;
        uint length = sizeof(int);
        return Libc.GetSockOpt(socket, Libc.SolSocket, name, &value, &length) < 0 ? -1 : value;
    }
}
