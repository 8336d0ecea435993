using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>The header before the data of a datagram (RFC 1928 section 7): RSV | FRAG | ATYP | DST.ADDR | DST.PORT.</summary>
internal static class Socks5UdpHeader
{
    private const int FixedLength = 3;

    /// <summary>The longest header, in bytes.</summary>
    public const int MaxLength = FixedLength + Socks5Address.MaxLength;

    /// <summary>Reads the header of a whole datagram. False when it is broken, RSV is not zero, or it is a fragment, which
    /// an implementation without reassembly must drop.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out Destination? destination, out int length)
    {
        destination = null;
        length = 0;
        if (datagram.Length < FixedLength || datagram[0] != 0 || datagram[1] != 0 || datagram[2] != 0) return false;
        if (Socks5Address.TryRead(datagram[FixedLength..], out destination, out int consumed, out _) != ParseStatus.Ok) return false;
        length = FixedLength + consumed;
        return destination is not null;
    }

    /// <summary>The length of the header in bytes.</summary>
    public static int GetLength(Destination destination) => FixedLength + Socks5Address.GetLength(destination);

    /// <summary>Writes the header and returns its length.</summary>
    public static int Write(Span<byte> target, Destination destination)
    {
        target[..FixedLength].Clear();
        return FixedLength + Socks5Address.Write(target[FixedLength..], destination);
    }
}
