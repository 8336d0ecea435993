using System.Text;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>A server as a URL (SIP002): <c>ss://USERINFO@host:port#name</c>, where USERINFO is <c>method:password</c> percent-encoded, or the same as
/// base64url.</summary>
/// <param name="Server">The server.</param>
/// <param name="Method">The name of the method, as it stands there.</param>
/// <param name="Password">The password. Secret.</param>
/// <param name="Tag">The name behind the #; null for none.</param>
internal sealed record ShadowsocksUrl(Destination Server, string Method, string Password, string? Tag)
{
    private const string Scheme = "ss://";

    /// <summary>Whether text is meant as such a URL.</summary>
    public static bool LooksLike(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a URL.</summary>
    /// <returns>Null when it is read, otherwise what is wrong; never a piece of the URL, which holds a password.</returns>
    public static string? Parse(string text, out ShadowsocksUrl? url)
    {
        url = null;
        string rest = text[Scheme.Length..];
        int hash = rest.IndexOf('#', StringComparison.Ordinal);
        string? tag = hash < 0 ? null : Uri.UnescapeDataString(rest[(hash + 1)..]);
        if (hash >= 0) rest = rest[..hash];
        if (rest.Contains('?', StringComparison.Ordinal)) return "asks for a plugin or another option, which are not spoken here";
        int at = rest.LastIndexOf('@');
        if (at < 0) return "has no method and password before an @; expected ss://method:password@host:port";
        if (!Destination.TryParse(rest[(at + 1)..].TrimEnd('/'), -1, out Destination? server) || server.Port == 0)
            return "has no host and port behind the @; expected ss://method:password@host:port";
        string user = rest[..at];
        string? plain = user.Contains(':', StringComparison.Ordinal) ? Uri.UnescapeDataString(user) : Decode(Uri.UnescapeDataString(user));
        int colon = plain?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon <= 0 || colon == plain!.Length - 1) return "has no method:password before the @, neither as text nor as base64url";
        url = new(server, plain[..colon], plain[(colon + 1)..], tag);
        return null;
    }

    private static string? Decode(string text)
    {
        string padded = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        padded += new string('=', (4 - (padded.Length % 4)) % 4);
        byte[] bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
