using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>The socket calls over spans. Where a count is returned, a negative one is the negated error number.</summary>
internal static unsafe class SocketCalls
{
    public static SocketHandle Open(AddressFamily family)
    {
        int domain = family == AddressFamily.InterNetworkV6 ? Libc.AfInet6 : Libc.AfInet;
        int descriptor = Libc.Socket(domain, Libc.SockStream | Libc.SockNonblock | Libc.SockCloexec, 0);
        return descriptor >= 0 ? new SocketHandle(descriptor) : throw Errno.LastException();
    }

    public static nint Receive(SocketHandle handle, Span<byte> buffer, int flags)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = Libc.Receive(handle, start, buffer.Length, flags);
                if (count >= 0) return count;
                int errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.Interrupted) return -errno;
            }
        }
    }

    public static nint Send(SocketHandle handle, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = Libc.Send(handle, start, buffer.Length, Libc.MsgDontwait | Libc.MsgNoSignal);
                if (count >= 0) return count;
                int errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.Interrupted) return -errno;
            }
        }
    }

    /// <summary>Moves bytes between a socket and a pipe without copying them to this process.</summary>
    public static nint Splice(SafeHandle input, SafeHandle output, nint length)
    {
        while (true)
        {
            nint count = Libc.Splice(input, null, output, null, length, Libc.SpliceMove | Libc.SpliceNonblock);
            if (count >= 0) return count;
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.Interrupted) return -errno;
        }
    }

    public static void Bind(SocketHandle handle, IPEndPoint endPoint)
    {
        byte* address = stackalloc byte[SockAddr.MaxLength];
        int length = SockAddr.Write(endPoint, new Span<byte>(address, SockAddr.MaxLength));
        if (Libc.Bind(handle, address, (uint)length) < 0) throw Errno.LastException();
    }

    /// <summary>Starts to connect.</summary>
    /// <returns>True when it is connected already.</returns>
    public static bool Connect(SocketHandle handle, IPEndPoint remote)
    {
        byte* address = stackalloc byte[SockAddr.MaxLength];
        int length = SockAddr.Write(remote, new Span<byte>(address, SockAddr.MaxLength));
        if (Libc.Connect(handle, address, (uint)length) == 0) return true;
        int errno = Marshal.GetLastPInvokeError();
        return errno is Errno.InProgress or Errno.Interrupted ? false : throw Errno.ToException(errno);
    }

    /// <summary>Accepts a connection.</summary>
    /// <returns>0, or the negated error number.</returns>
    public static int Accept(SocketHandle listener, out SocketHandle? accepted, out IPEndPoint? remote)
    {
        byte* address = stackalloc byte[SockAddr.MaxLength];
        uint length = SockAddr.MaxLength;
        int descriptor = Libc.Accept4(listener, address, &length, Libc.SockNonblock | Libc.SockCloexec);
        accepted = descriptor < 0 ? null : new SocketHandle(descriptor);
        remote = descriptor < 0 ? null : SockAddr.Read(new ReadOnlySpan<byte>(address, SockAddr.MaxLength));
        return descriptor < 0 ? -Marshal.GetLastPInvokeError() : 0;
    }

    public static IPEndPoint GetLocalEndPoint(SafeHandle handle)
    {
        byte* address = stackalloc byte[SockAddr.MaxLength];
        uint length = SockAddr.MaxLength;
        if (Libc.GetSockName(handle, address, &length) < 0) throw Errno.LastException();
        return SockAddr.Read(new ReadOnlySpan<byte>(address, SockAddr.MaxLength));
    }

    /// <summary>The outcome of a connection attempt: 0 or an error number.</summary>
    public static int GetError(SocketHandle handle)
    {
        int error = 0;
        uint length = sizeof(int);
        return Libc.GetSockOpt(handle, Libc.SolSocket, Libc.SoError, &error, &length) < 0 ? Marshal.GetLastPInvokeError() : error;
    }

    public static void SetOption(SocketHandle handle, int level, int name, int value)
    {
        if (Libc.SetSockOpt(handle, level, name, &value, sizeof(int)) < 0) throw Errno.LastException();
    }

    /// <summary>Sets mark, interface and the freedom to bind to any address or to have those of other hosts.</summary>
    /// <exception cref="SocketException">The system refuses; the message says what to do.</exception>
    public static void SetRoute(SocketHandle handle, AddressFamily family, SocketRoute route)
    {
        int mark = route.Mark;
        if (mark != 0 && Libc.SetSockOpt(handle, SocketRoute.SolSocket, SocketRoute.SoMark, &mark, sizeof(int)) < 0)
            throw route.MarkRefused(Errno.LastException());
        if (route.Interface is not null) SetInterface(handle, route);
        int on = 1;
        (int level, int option) = SocketRoute.FreeBindOption(family);
        if (route.FreeBind && Libc.SetSockOpt(handle, level, option, &on, sizeof(int)) < 0) throw SocketRoute.FreeBindRefused(Errno.LastException());
        (level, option) = SocketRoute.TransparentOption(family);
        if (route.Transparent && Libc.SetSockOpt(handle, level, option, &on, sizeof(int)) < 0) throw SocketRoute.TransparentRefused(Errno.LastException());
    }

    /// <summary>Where the packets of an accepted connection were sent, before the firewall of this host changed that.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="family">The family of its peer, which is IPv4 on a socket that takes both as well.</param>
    /// <returns>Null where the system's connection tracking does not know the connection.</returns>
    public static IPEndPoint? GetOriginalDestination(SocketHandle handle, AddressFamily family)
    {
        byte* address = stackalloc byte[SockAddr.MaxLength];
        uint length = SockAddr.MaxLength;
        (int level, int option) = OriginalDestination.OptionOf(family);
        return Libc.GetSockOpt(handle, level, option, address, &length) < 0 ? null : SockAddr.Read(new ReadOnlySpan<byte>(address, SockAddr.MaxLength));
    }

    private static void SetInterface(SocketHandle handle, SocketRoute route)
    {
        byte[] name = route.InterfaceName;
        fixed (byte* start = name)
        {
            if (Libc.SetSockOpt(handle, SocketRoute.SolSocket, SocketRoute.SoBindToDevice, start, (uint)name.Length) < 0)
                throw route.InterfaceRefused(Errno.LastException());
        }
    }

    /// <summary>Makes the close send RST instead of FIN (socket(7), SO_LINGER with l_onoff 1 and l_linger 0).</summary>
    public static void ResetOnClose(SocketHandle handle)
    {
        long linger = 1;
        _ = Libc.SetSockOpt(handle, Libc.SolSocket, Libc.SoLinger, &linger, sizeof(long));
    }
}
