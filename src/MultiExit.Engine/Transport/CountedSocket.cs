using System.Net.Sockets;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>A socket in the <see cref="DescriptorAccount"/> of the process.</summary>
internal sealed class CountedSocket : Socket
{
    // A socket that could not be made is finalized all the same.
    private bool _counted;

    public CountedSocket(AddressFamily family, SocketType type, ProtocolType protocol) : base(family, type, protocol)
    {
        DescriptorAccount.Process.Opened();
        _counted = true;
    }

    /// <summary>A socket of another process.</summary>
    /// <exception cref="SocketException">It is no socket.</exception>
    public CountedSocket(PassedDescriptor passed) : base(new SafeSocketHandle(passed.Release(), ownsHandle: true))
    {
        DescriptorAccount.Process.Opened();
        _counted = true;
    }

    /// <summary>From here on its end in this process is not its end: .NET leaves sockets alone that other processes may have, which it knows by
    /// this flag.</summary>
    public static void Share(Socket socket) => _ = Libc.Fcntl(socket.SafeHandle, Libc.FSetFd, 0);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref _counted, false)) DescriptorAccount.Process.Closed();
    }
}
