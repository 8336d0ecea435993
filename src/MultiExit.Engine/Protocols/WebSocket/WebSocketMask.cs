using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>Masking of payload (RFC 6455 section 5.3): byte i is XORed with byte i mod 4 of the key. Masking twice restores the payload.</summary>
internal static class WebSocketMask
{
    /// <summary>Copies and masks. The target may overlap the source when it does not begin after the source does.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="target">The buffer for as many bytes.</param>
    /// <param name="mask">The key for the first of these bytes, lowest byte first (<see cref="Advance"/>).</param>
    public static void Apply(ReadOnlySpan<byte> source, Span<byte> target, uint mask)
    {
        if (mask == 0)
        {
            source.CopyTo(target);
            return;
        }
        target = target[..source.Length]; // checked once: the references below have no bounds checks
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(target);
        int index = 0;
        if (Vector.IsHardwareAccelerated)
        {
            Vector<byte> pattern = Vector.AsVectorByte(new Vector<uint>(BitConverter.IsLittleEndian ? mask : BinaryPrimitives.ReverseEndianness(mask)));
            for (; index <= source.Length - Vector<byte>.Count; index += Vector<byte>.Count)
                (Vector.LoadUnsafe(ref from, (nuint)index) ^ pattern).StoreUnsafe(ref to, (nuint)index);
        }
        for (; index < source.Length; index++) target[index] = (byte)(source[index] ^ (mask >> (8 * (index & 3))));
    }

    /// <summary>The key for the bytes that follow so many others.</summary>
    public static uint Advance(uint mask, int count) => BitOperations.RotateRight(mask, 8 * (count & 3));
}
