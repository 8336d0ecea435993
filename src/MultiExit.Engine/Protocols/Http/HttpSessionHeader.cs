using System.Text;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>A request field of the operator's choice that names a client's session.</summary>
internal static class HttpSessionHeader
{
    /// <summary>The longest value in octets.</summary>
    public const int MaxLength = 256;

    // Fields that framing, routing and authentication depend on.
    private static readonly string[] Taken =
    [
        "Connection", "Content-Length", "Expect", "Host", "Keep-Alive", "Max-Forwards", "Proxy-Authorization", "Proxy-Connection", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade", "Via",
    ];

    /// <summary>Whether a field of that name may be the session header.</summary>
    public static bool IsUsable(string name) =>
        HttpChars.IsToken(Encoding.UTF8.GetBytes(name)) && !Taken.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the value, in the octets in which it came.</summary>
    /// <param name="head">A complete and checked head.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="value">The value; null when the field is absent or empty.</param>
    /// <returns>False when the field is there twice or its value is too long.</returns>
    public static bool TryRead(ReadOnlySpan<byte> head, string name, out string? value)
    {
        value = null;
        HttpFieldReader fields = new(head);
        while (fields.Read())
        {
            if (!Ascii.EqualsIgnoreCase(fields.Name, name)) continue;
            if (value is not null || fields.Value.Length > MaxLength) return false;
            if (!fields.Value.IsEmpty) value = Encoding.Latin1.GetString(fields.Value);
        }
        return true;
    }
}
