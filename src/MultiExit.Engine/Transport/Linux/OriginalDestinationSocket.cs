using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>A UDP socket for the datagrams that netfilter's TPROXY hands it: each comes with the address and port it was sent to (IP_RECVORIGDSTADDR of
/// ip(7), IPV6_RECVORIGDSTADDR).</summary>
internal sealed class OriginalDestinationSocket : UdpSocket
{
    private const int IpRecvOrigDstAddr = 20, Ipv6RecvOrigDstAddr = 74;

    // cmsghdr: its length, as wide as a pointer, level and type; the next one begins at a multiple of the width (cmsg(3)).
    private static readonly int ControlHeader = IntPtr.Size + (2 * sizeof(int));

    private IPEndPoint? _lastSource;
    private IPEndPoint? _lastDestination;

    /// <summary>Binds to the address; <c>[::]</c> takes IPv4 as well.</summary>
    /// <exception cref="SocketException">The address cannot be bound, or the option not set.</exception>
    public OriginalDestinationSocket(IPEndPoint endPoint, Reactor? reactor = null)
        : base(endPoint, new SocketRoute(Transparent: true), reactor)
    {
        try
        {
            Inner.SetRawSocketOption(Libc.IpprotoIp, IpRecvOrigDstAddr, BitConverter.GetBytes(1));
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                Inner.SetRawSocketOption(Libc.IpprotoIpv6, Ipv6RecvOrigDstAddr, BitConverter.GetBytes(1));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A socket with these options already, from another process.</summary>
    public OriginalDestinationSocket(PassedDescriptor passed, Reactor? reactor = null)
        : base(passed, new SocketRoute(Transparent: true), reactor)
    {
    }

    public override async ValueTask<(int Length, IPEndPoint Source, IPEndPoint? Destination)> ReceiveSentAsync(
        Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (IsOnReactor) return await base.ReceiveSentAsync(buffer, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            int length = Receive(buffer.Span, out IPEndPoint? source, out IPEndPoint? destination);
            if (length >= 0 && source is not null) return (length, source, destination);
            if (length == -Errno.Again) await WaitReadableAsync(cancellationToken).ConfigureAwait(false);
            else if (length < 0 && length != -Errno.Interrupted) throw Errno.ToException(-length);
        }
    }

    /// <summary>Finds the destination among the control messages of a datagram.</summary>
    /// <returns>Null where there is none.</returns>
    public static IPEndPoint? FindDestination(ReadOnlySpan<byte> control)
    {
        while (control.Length >= ControlHeader)
        {
            ulong length = IntPtr.Size == sizeof(ulong) ? MemoryMarshal.Read<ulong>(control) : MemoryMarshal.Read<uint>(control);
            if (length < (uint)ControlHeader || length > (uint)control.Length) return null;
            int level = MemoryMarshal.Read<int>(control[IntPtr.Size..]);
            int type = MemoryMarshal.Read<int>(control[(IntPtr.Size + sizeof(int))..]);
            ReadOnlySpan<byte> data = control[ControlHeader..(int)length];
            if ((level, type) is (Libc.IpprotoIp, IpRecvOrigDstAddr) or (Libc.IpprotoIpv6, Ipv6RecvOrigDstAddr) && SockAddr.IsWhole(data))
                return SockAddr.Read(data);
            int padded = ((int)length + IntPtr.Size - 1) & ~(IntPtr.Size - 1);
            if (padded >= control.Length) return null;
            control = control[padded..];
        }
        return null;
    }

    // The count, or the negated error number.
    private unsafe int Receive(Span<byte> buffer, out IPEndPoint? source, out IPEndPoint? destination)
    {
        byte* name = stackalloc byte[SockAddr.MaxLength];
        byte* control = stackalloc byte[DatagramScratch.ControlLength];
        source = destination = null;
        fixed (byte* start = buffer)
        {
            IoVector vector = new() { Start = start, Length = (nuint)buffer.Length };
            MessageHeader message = new()
            {
                Name = name, NameLength = SockAddr.MaxLength, Vectors = &vector, VectorCount = 1,
                Control = control, ControlLength = DatagramScratch.ControlLength,
            };
            nint count = Libc.ReceiveMessage(Inner.SafeHandle, &message, Libc.MsgDontwait);
            if (count < 0) return -Marshal.GetLastPInvokeError();
            ReadOnlySpan<byte> from = new(name, (int)Math.Min(message.NameLength, SockAddr.MaxLength));
            if (SockAddr.IsWhole(from)) source = Same(ref _lastSource, SockAddr.Read(from));
            destination = FindDestination(new ReadOnlySpan<byte>(control, (int)Math.Min(message.ControlLength, DatagramScratch.ControlLength)));
            if (destination is not null) destination = Same(ref _lastDestination, destination);
            return (int)count;
        }
    }

    // Clients send many datagrams on end to one place: one object serves them all.
    private static IPEndPoint Same(ref IPEndPoint? last, IPEndPoint now) => now.Equals(last) ? last! : last = now;
}
