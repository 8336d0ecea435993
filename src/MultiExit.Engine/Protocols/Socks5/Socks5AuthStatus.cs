namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>The server's verdict on credentials (RFC 1929 section 2): VER | STATUS.</summary>
internal static class Socks5AuthStatus
{
    public const int Length = 2;

    public static ParseStatus TryRead(ReadOnlySpan<byte> source, out bool accepted, out int consumed)
    {
        accepted = false;
        consumed = 0;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        // Some servers put the version of SOCKS here; the status is clear all the same.
        if (source[0] is not (Socks5Wire.AuthVersion or Socks5Wire.Version)) return ParseStatus.Invalid;
        if (source.Length < Length) return ParseStatus.NeedMore;
        accepted = source[1] == 0;
        consumed = Length;
        return ParseStatus.Ok;
    }

    public static int Write(Span<byte> target, bool accepted)
    {
        target[0] = Socks5Wire.AuthVersion;
        target[1] = accepted ? (byte)0 : (byte)1;
        return Length;
    }
}
