namespace MultiExit.Engine.Protocols.Http;

/// <summary>Names of fields that the framing of a message and its way depend on.</summary>
internal static class HttpFieldNames
{
    // What must not stand in a trailer section (RFC 9110 section 6.5.1): framing, the way to the server, this hop, authentication to a proxy.
    private static readonly string[] NoTrailers =
    [
        "TE", "Host", "Expect", "Trailer", "Upgrade", "Connection", "Keep-Alive", "Max-Forwards", "Content-Length", "HTTP2-Settings", "Proxy-Connection",
        "Transfer-Encoding", "Proxy-Authorization",
    ];

    /// <summary>The longest name that must not stand in a trailer section.</summary>
    public const int LongestNoTrailer = 19;

    /// <summary>Whether a field must not stand in a trailer section: a reader that merges the section with the head would read another
    /// message.</summary>
    public static bool IsNoTrailer(ReadOnlySpan<byte> name)
    {
        foreach (string other in NoTrailers)
            if (IsReadAs(name, other)) return true;
        return false;
    }

    /// <summary>Whether a server may take a name for another one: whatever the case, and with <c>_</c> for <c>-</c>, which the variables of
    /// CGI and of
    /// all its successors do not distinguish (RFC 3875 section 4.1.18).</summary>
    public static bool IsReadAs(ReadOnlySpan<byte> name, ReadOnlySpan<char> other)
    {
        if (name.Length != other.Length) return false;
        for (int i = 0; i < name.Length; i++)
        {
            byte value = name[i] == '_' ? (byte)'-' : name[i];
            if (char.ToLowerInvariant((char)value) != char.ToLowerInvariant(other[i])) return false;
        }
        return true;
    }
}
