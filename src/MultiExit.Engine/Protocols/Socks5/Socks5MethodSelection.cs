namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>The server's answer to the greeting (RFC 1928 section 3): VER | METHOD.</summary>
internal static class Socks5MethodSelection
{
    public const int Length = 2;

    public static ParseStatus TryRead(ReadOnlySpan<byte> source, out Socks5Method method, out int consumed)
    {
        method = default;
        consumed = 0;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        if (source[0] != Socks5Wire.Version) return ParseStatus.Invalid;
        if (source.Length < Length) return ParseStatus.NeedMore;
        method = (Socks5Method)source[1];
        consumed = Length;
        return ParseStatus.Ok;
    }

    public static int Write(Span<byte> target, Socks5Method method)
    {
        target[0] = Socks5Wire.Version;
        target[1] = (byte)method;
        return Length;
    }
}
