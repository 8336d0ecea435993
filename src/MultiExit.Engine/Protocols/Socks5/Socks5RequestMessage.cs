namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>A request (RFC 1928 section 4): VER | CMD | RSV | ATYP | DST.ADDR | DST.PORT.</summary>
internal static class Socks5RequestMessage
{
    private const int HeaderLength = 3;

    /// <summary>The longest request, in bytes.</summary>
    public const int MaxLength = HeaderLength + Socks5Address.MaxLength;

    /// <summary>Reads a request. Unknown commands are kept, a non-zero RSV is ignored.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="command">The command, known or not.</param>
    /// <param name="destination">DST, when the result is Ok.</param>
    /// <param name="consumed">The length in bytes.</param>
    /// <param name="error">The reply when the result is Invalid; null: the peer does not speak SOCKS5, close.</param>
    public static ParseStatus TryRead(
        ReadOnlySpan<byte> source, out Socks5Command command, out Destination? destination, out int consumed, out Socks5Reply? error)
    {
        command = default;
        destination = null;
        consumed = 0;
        error = null;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        if (source[0] != Socks5Wire.Version) return ParseStatus.Invalid;
        if (source.Length < HeaderLength) return ParseStatus.NeedMore;
        command = (Socks5Command)source[1];
        ParseStatus status = Socks5Address.TryRead(source[HeaderLength..], out destination, out int length, out Socks5Reply addressError);
        if (status == ParseStatus.Ok) consumed = HeaderLength + length;
        else if (status == ParseStatus.Invalid) error = addressError;
        return status;
    }

    /// <summary>Writes a request and returns its length.</summary>
    public static int Write(Span<byte> target, Socks5Command command, Destination destination)
    {
        target[0] = Socks5Wire.Version;
        target[1] = (byte)command;
        target[2] = 0;
        return HeaderLength + Socks5Address.Write(target[HeaderLength..], destination);
    }
}
