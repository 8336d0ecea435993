namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>The client's first message (RFC 1928 section 3): VER | NMETHODS | METHODS.</summary>
internal static class Socks5Greeting
{
    private const int HeaderLength = 2;

    /// <summary>The longest greeting, in bytes.</summary>
    public const int MaxLength = HeaderLength + byte.MaxValue;

    /// <summary>Reads a greeting; the methods, possibly none, are a slice of the source.</summary>
    public static ParseStatus TryRead(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> methods, out int consumed)
    {
        methods = default;
        consumed = 0;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        if (source[0] != Socks5Wire.Version) return ParseStatus.Invalid;
        if (source.Length < HeaderLength) return ParseStatus.NeedMore;
        int length = HeaderLength + source[1];
        if (source.Length < length) return ParseStatus.NeedMore;
        methods = source[HeaderLength..length];
        consumed = length;
        return ParseStatus.Ok;
    }

    /// <summary>Writes a greeting and returns its length.</summary>
    public static int Write(Span<byte> target, params ReadOnlySpan<Socks5Method> methods)
    {
        target[0] = Socks5Wire.Version;
        target[1] = checked((byte)methods.Length);
        for (int i = 0; i < methods.Length; i++) target[HeaderLength + i] = (byte)methods[i];
        return HeaderLength + methods.Length;
    }
}
