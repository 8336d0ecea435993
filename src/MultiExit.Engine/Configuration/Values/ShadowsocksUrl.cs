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
        int colon = user.IndexOf(':', StringComparison.Ordinal);
        (string Method, string Password)? login = colon < 0 ? LoginOf(Uri.UnescapeDataString(user), null)
            : LoginOf(Uri.UnescapeDataString(user[..colon]), Uri.UnescapeDataString(user[(colon + 1)..]));
        if (login is not { } known) return "has no method:password before the @, neither as text nor as base64url";
        url = new(server, known.Method, known.Password, tag);
        return null;
    }

    /// <summary>Method and password of what stands before the @.</summary>
    /// <param name="user">The text before the colon, decoded.</param>
    /// <param name="password">The text behind the colon, decoded; null: there is no colon, and the user is both as base64url.</param>
    /// <returns>Null when one of them is missing.</returns>
    public static (string Method, string Password)? LoginOf(string user, string? password)
    {
        if (password is null)
        {
            string? plain = Decode(user);
            int colon = plain?.IndexOf(':', StringComparison.Ordinal) ?? -1;
            if (colon < 0) return null;
            (user, password) = (plain![..colon], plain[(colon + 1)..]);
        }
        return user.Length > 0 && password.Length > 0 ? (user, password) : null;
    }

    private static string? Decode(string text)
    {
        string padded = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        padded += new string('=', (4 - (padded.Length % 4)) % 4);
        byte[] bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
