using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>The datagrams that one recvmmsg(2) has brought, until they are taken. It holds memory only while it has some. Not thread-safe.</summary>
internal sealed class DatagramBatch
{
    /// <summary>The most datagrams of a batch.</summary>
    public const int Capacity = 16;

    /// <summary>The octets of a datagram that need no memory of their own: all of those that an Ethernet carries whole.</summary>
    public const int SlotLength = 2048;

    private Datagram[]? _datagrams;
    private byte[]? _slots;
    private int _next;
    private int _count;
    private IPEndPoint? _lastSource;
    private IPEndPoint? _lastDestination;

    /// <summary>Whether there is one to take.</summary>
    public bool Has => _next < _count;

    /// <summary>Receives what is there, into a batch that is empty.</summary>
    /// <returns>The number of datagrams, or the negated error number.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public unsafe int Fill(SafeSocketHandle socket)
    {
        byte[] slots = ArrayPool<byte>.Shared.Rent(Capacity * SlotLength);
        int count = 0;
        try
        {
            fixed (byte* start = slots)
            {
                DatagramScratch scratch = DatagramScratch.OfThread;
                MessageSlot* messages = scratch.Prepare(start);
                count = Libc.ReceiveMessages(socket, messages, Capacity, Libc.MsgDontwait, null);
                if (count <= 0) return -Marshal.GetLastPInvokeError();
                _datagrams = ArrayPool<Datagram>.Shared.Rent(Capacity);
                for (int i = 0; i < count; i++) _datagrams[i] = Read(scratch, i, (int)messages[i].Length, slots);
            }
            (_next, _count) = (0, count);
            return count;
        }
        finally
        {
            if (count > 0) _slots = slots;
            else ArrayPool<byte>.Shared.Return(slots);
        }
    }

    /// <summary>Takes the next one; what is longer than the buffer is cut off.</summary>
    public (int Length, IPEndPoint Source, IPEndPoint? Destination) Take(Span<byte> buffer)
    {
        int place = _next++;
        ref Datagram datagram = ref _datagrams![place];
        int length = Math.Min(datagram.Length, buffer.Length);
        (datagram.Long ?? _slots.AsSpan(place * SlotLength)).Slice(0, length).CopyTo(buffer);
        (int, IPEndPoint, IPEndPoint?) taken = (length, datagram.Source, datagram.Destination);
        datagram = default; // the pool keeps no reference to what was taken
        if (Has) return taken;
        ArrayPool<byte>.Shared.Return(_slots!);
        ArrayPool<Datagram>.Shared.Return(_datagrams);
        (_slots, _datagrams) = (null, null);
        return taken;
    }

    private Datagram Read(DatagramScratch scratch, int i, int length, byte[] slots)
    {
        byte[]? whole = null;
        if (length > SlotLength)
        {
            whole = new byte[length];
            slots.AsSpan(i * SlotLength, SlotLength).CopyTo(whole);
            scratch.End(i)[..(length - SlotLength)].CopyTo(whole.AsSpan(SlotLength));
        }
        ReadOnlySpan<byte> name = scratch.Name(i);
        // The kernel names the sender of every datagram.
        IPEndPoint source = Same(ref _lastSource, SockAddr.IsWhole(name) ? SockAddr.Read(name) : new IPEndPoint(IPAddress.Any, 0));
        IPEndPoint? destination = OriginalDestinationSocket.FindDestination(scratch.Control(i));
        return new Datagram(length, source, destination is null ? null : Same(ref _lastDestination, destination), whole);
    }

    // Peers send many datagrams on end: one object serves them all.
    private static IPEndPoint Same(ref IPEndPoint? last, IPEndPoint now) => now.Equals(last) ? last! : last = now;

    private readonly record struct Datagram(int Length, IPEndPoint Source, IPEndPoint? Destination, byte[]? Long);
}
