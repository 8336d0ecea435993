using System.Buffers.Binary;

namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>A chunk of a connection: AEAD(length, 2 octets) | AEAD(payload) (SIP004, SIP022 section 3.1).</summary>
internal static class ShadowsocksChunk
{
    /// <summary>The octets of the sealed length.</summary>
    public const int LengthLength = sizeof(ushort) + ShadowsocksMethods.TagLength;

    /// <summary>The octets that a chunk has beside its payload.</summary>
    public const int Overhead = LengthLength + ShadowsocksMethods.TagLength;

    /// <summary>Seals a chunk and returns its length.</summary>
    /// <param name="cipher">The direction's cipher.</param>
    /// <param name="payload">1 octet to the method's MaxChunk.</param>
    /// <param name="target">Room for the payload and <see cref="Overhead"/>.</param>
    public static int Seal(ShadowsocksCipher cipher, ReadOnlySpan<byte> payload, Span<byte> target)
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
        cipher.Seal(length, target);
        return LengthLength + cipher.Seal(payload, target[LengthLength..]);
    }

    /// <summary>Opens the length of a chunk.</summary>
    /// <param name="cipher">The direction's cipher.</param>
    /// <param name="method">The method.</param>
    /// <param name="source"><see cref="LengthLength"/> octets.</param>
    /// <returns>The octets of the payload without its tag; -1 when the tag is wrong, or the length is 0 or above the method's.</returns>
    public static int OpenLength(ShadowsocksCipher cipher, ShadowsocksMethod method, ReadOnlySpan<byte> source)
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        if (!cipher.TryOpen(source[..LengthLength], length)) return -1;
        int payload = BinaryPrimitives.ReadUInt16BigEndian(length);
        return payload == 0 || payload > method.MaxChunk() ? -1 : payload;
    }
}
