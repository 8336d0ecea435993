namespace MultiExit.Engine.Protocols.Http;

/// <summary>Reads <c>HTTP/1.x</c> (RFC 9112 section 2.3).</summary>
internal static class HttpVersion
{
    public const int Length = 8;

    /// <summary>Reads a version of eight bytes.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="minor">The minor version; a higher one than 1 counts as 1.</param>
    /// <param name="fault">What is wrong: 505 for another major version, 400 for bytes that are not a version.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out int minor, out HttpFault fault)
    {
        minor = 0;
        fault = default;
        if (text.Length != Length || !text.StartsWith("HTTP/"u8) || !char.IsAsciiDigit((char)text[5]) || text[6] != '.'
            || !char.IsAsciiDigit((char)text[7]))
        {
            fault = HttpFault.Bad("faulty HTTP version");
            return false;
        }
        if (text[5] != '1')
        {
            fault = new(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
            return false;
        }
        minor = Math.Min(text[7] - '0', 1);
        return true;
    }
}
