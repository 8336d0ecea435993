using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>What recvmmsg(2) fills beside the slots of a batch: headers, senders, control messages, and the ends of datagrams that are longer than a slot.
/// Each thread has one, which it uses for the time of a call.</summary>
internal sealed unsafe class DatagramScratch
{
    /// <summary>Room for the original destination by IPv4 and IPv6, each a header and a sockaddr with its padding.</summary>
    public const int ControlLength = 128;

    // A sockaddr_in6, at a place for numbers of 8 octets.
    private const int NameLength = 32;

    // UDP over IPv4 or IPv6 has no longer datagram.
    private const int EndLength = 64 * 1024;

    [ThreadStatic]
    private static DatagramScratch? _ofThread;

    private readonly byte[] _room;
    private readonly MessageSlot* _messages;
    private readonly IoVector* _vectors;
    private readonly byte* _names;
    private readonly byte* _controls;
    private readonly byte* _ends; // pages that no datagram has reached cost nothing

    private DatagramScratch()
    {
        const int count = DatagramBatch.Capacity;
        int messages = count * sizeof(MessageSlot), vectors = 2 * count * sizeof(IoVector), names = count * NameLength, controls = count * ControlLength;
        _room = GC.AllocateUninitializedArray<byte>(messages + vectors + names + controls + (count * EndLength), pinned: true);
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_room));
        _messages = (MessageSlot*)start;
        _vectors = (IoVector*)(start += messages);
        _names = start += vectors;
        _controls = start += names;
        _ends = start + controls;
    }

    /// <summary>That of this thread.</summary>
    public static DatagramScratch OfThread => _ofThread ??= new DatagramScratch();

    /// <summary>The messages, ready to be filled: the beginning of each goes to its slot.</summary>
    public MessageSlot* Prepare(byte* slots)
    {
        for (int i = 0; i < DatagramBatch.Capacity; i++)
        {
            IoVector* vectors = _vectors + (2 * i);
            vectors[0] = new IoVector { Start = slots + (i * DatagramBatch.SlotLength), Length = DatagramBatch.SlotLength };
            vectors[1] = new IoVector { Start = _ends + (i * EndLength), Length = EndLength };
            _messages[i].Header = new MessageHeader
            {
                Name = _names + (i * NameLength), NameLength = SockAddr.MaxLength, Vectors = vectors, VectorCount = 2,
                Control = _controls + (i * ControlLength), ControlLength = ControlLength,
            };
        }
        return _messages;
    }

    /// <summary>The sender of a message.</summary>
    public ReadOnlySpan<byte> Name(int i) => new(_names + (i * NameLength), (int)Math.Min(_messages[i].Header.NameLength, SockAddr.MaxLength));

    /// <summary>The control messages that came with it.</summary>
    public ReadOnlySpan<byte> Control(int i) => new(_controls + (i * ControlLength), (int)Math.Min(_messages[i].Header.ControlLength, ControlLength));

    /// <summary>What of it was longer than a slot.</summary>
    public ReadOnlySpan<byte> End(int i) => new(_ends + (i * EndLength), (int)Math.Clamp(_messages[i].Length - (long)DatagramBatch.SlotLength, 0, EndLength));
}
