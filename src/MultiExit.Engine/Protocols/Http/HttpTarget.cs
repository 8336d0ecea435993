using System.Text;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>A request target, taken apart.</summary>
/// <param name="Form">Its form.</param>
/// <param name="Scheme">The scheme in lower case, for the absolute form.</param>
/// <param name="Authority">Host and port as the client wrote them, for the absolute and the authority form.</param>
/// <param name="Path">Path and query in the origin form, one character a byte (Latin-1).</param>
internal sealed record HttpTarget(HttpTargetForm Form, string Scheme, string Authority, string Path)
{
    /// <summary>Reads a target.</summary>
    /// <returns>Null, with the fault, when it does not fit the method or is not well formed.</returns>
    public static HttpTarget? Parse(string method, ReadOnlySpan<byte> target, out HttpFault fault)
    {
        fault = default;
        if (!HttpChars.IsTarget(target))
        {
            fault = HttpFault.Bad("faulty request target");
            return null;
        }
        string text = Encoding.Latin1.GetString(target);
        HttpTarget? result = method == "CONNECT" ? new(HttpTargetForm.Authority, "", text, "") : ParseUri(method, text);
        if (result is null) fault = HttpFault.Bad("faulty request target");
        return result;
    }

    private static HttpTarget? ParseUri(string method, string text)
    {
        if (text[0] == '/') return new(HttpTargetForm.Origin, "", "", text);
        if (text == "*") return method == "OPTIONS" ? new(HttpTargetForm.Asterisk, "", "", text) : null;
        int colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon <= 0) return null;
        foreach (char c in text.AsSpan(0, colon))
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.')) return null;
        int start = colon + 3;
        int length = text.AsSpan(start).IndexOfAny('/', '?');
        int end = length < 0 ? text.Length : start + length;
        // User information in a target is an error: it serves to disguise the host (RFC 9110 section 4.2.4). '@' is no authority character.
        string authority = text[start..end];
        if (!HttpChars.IsAuthority(authority)) return null;
        return new(HttpTargetForm.Absolute, text[..colon].ToLowerInvariant(), authority, OriginForm(method, text[end..]));
    }

    // RFC 9112 section 3.2.1: an empty path becomes "/"; section 3.2.4: the last proxy turns OPTIONS without a path into "*".
    private static string OriginForm(string method, string path) => path switch
    {
        "" => method == "OPTIONS" ? "*" : "/",
        ['?', ..] => "/" + path,
        _ => path,
    };
}
