namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>The client's credentials (RFC 1929 section 2): VER | ULEN | UNAME | PLEN | PASSWD.</summary>
internal static class Socks5Credentials
{
    /// <summary>Reads credentials; both fields are slices of the source and 1 to 255 octets long.</summary>
    public static ParseStatus TryRead(
        ReadOnlySpan<byte> source, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> password, out int consumed)
    {
        name = password = default;
        consumed = 0;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        if (source[0] != Socks5Wire.AuthVersion) return ParseStatus.Invalid;
        if (source.Length < 2) return ParseStatus.NeedMore;
        int nameLength = source[1];
        if (nameLength == 0) return ParseStatus.Invalid;
        int passwordStart = 2 + nameLength + 1;
        if (source.Length < passwordStart) return ParseStatus.NeedMore;
        int passwordLength = source[passwordStart - 1];
        if (passwordLength == 0) return ParseStatus.Invalid;
        if (source.Length < passwordStart + passwordLength) return ParseStatus.NeedMore;
        name = source.Slice(2, nameLength);
        password = source.Slice(passwordStart, passwordLength);
        consumed = passwordStart + passwordLength;
        return ParseStatus.Ok;
    }

    /// <summary>Writes credentials and returns the message's length. The reader of the other side may refuse empty fields.</summary>
    public static int Write(Span<byte> target, ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        target[0] = Socks5Wire.AuthVersion;
        target[1] = checked((byte)name.Length);
        name.CopyTo(target[2..]);
        int passwordStart = 2 + name.Length + 1;
        target[passwordStart - 1] = checked((byte)password.Length);
        password.CopyTo(target[passwordStart..]);
        return passwordStart + password.Length;
    }
}
