using System.Net;

namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>A reply (RFC 1928 section 6): VER | REP | RSV | ATYP | BND.ADDR | BND.PORT.</summary>
internal static class Socks5ReplyMessage
{
    private const int HeaderLength = 3;

    /// <summary>The longest reply, in bytes.</summary>
    public const int MaxLength = HeaderLength + Socks5Address.MaxLength;

    /// <summary>The longest reply with an IP address, in bytes.</summary>
    public const int MaxIPLength = HeaderLength + 1 + 16 + 2;

    /// <summary>Reads a reply.</summary>
    /// <remarks>A failure is known from two bytes: servers differ in the bytes they send after these (some send none), the bytes have no
    /// meaning, and the connection ends anyway. So nothing after REP is waited for.</remarks>
    public static ParseStatus TryRead(ReadOnlySpan<byte> source, out Socks5Reply reply, out Destination? bound, out int consumed)
    {
        reply = default;
        bound = null;
        consumed = 0;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        if (source[0] != Socks5Wire.Version) return ParseStatus.Invalid;
        if (source.Length < 2) return ParseStatus.NeedMore;
        reply = (Socks5Reply)source[1];
        if (reply != Socks5Reply.Succeeded)
        {
            consumed = 2;
            return ParseStatus.Ok;
        }
        if (source.Length < HeaderLength) return ParseStatus.NeedMore;
        ParseStatus status = Socks5Address.TryRead(source[HeaderLength..], out bound, out int length, out _);
        if (status == ParseStatus.Ok) consumed = HeaderLength + length;
        return status;
    }

    /// <summary>Writes a reply and returns its length, at most <see cref="MaxIPLength"/>.</summary>
    public static int Write(Span<byte> target, Socks5Reply reply, IPAddress address, int port)
    {
        target[0] = Socks5Wire.Version;
        target[1] = (byte)reply;
        target[2] = 0;
        return HeaderLength + Socks5Address.Write(target[HeaderLength..], address, port);
    }
}
