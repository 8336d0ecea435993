using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Where the store of a fleet is: a database of PostgreSQL, and the role that uses it. It has no password.</summary>
/// <param name="User">The role.</param>
/// <param name="Host">The name or address of the server, or the folder of its Unix socket (an absolute path).</param>
/// <param name="Port">Its port, which is also a part of the name of its Unix socket.</param>
/// <param name="Database">The database.</param>
public sealed record StoreAddress(string User, string Host, int Port, string Database)
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "postgres://user@host[:port]/database, or postgres://user@/database?host=/run/postgresql for a Unix socket, "
        + "with names of 1 to 63 letters, digits and . _ - and without a password";

    private const int DefaultPort = 5432, MaxName = 63, MaxFolder = 90;
    private const string Scheme = "postgres://", HostKey = "host=", PortKey = "port=";

    /// <summary>Whether it is reached over a Unix socket, which has no TLS.</summary>
    public bool IsLocal => Host.StartsWith('/');

    /// <summary>Reads the text of a configuration.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out StoreAddress? address)
    {
        address = null;
        if (!text.StartsWith(Scheme, StringComparison.Ordinal)) return false;
        (string rest, string? query) = Split(text[Scheme.Length..], '?');
        (string authority, string? database) = Split(rest, '/');
        (string user, string? host) = Split(authority, '@');
        if (!IsName(user) || host is null || database is null || !IsName(database)) return false;
        address = host.Length == 0 ? OfSocket(user, database, query) : query is null ? OfHost(user, database, host) : null;
        return address is not null;
    }

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => IsLocal
        ? $"{Scheme}{User}@/{Database}?{HostKey}{Host}{(Port == DefaultPort ? "" : $"&{PortKey}{Port}")}"
        : $"{Scheme}{User}@{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}{(Port == DefaultPort ? "" : $":{Port}")}/{Database}";

    private static StoreAddress? OfSocket(string user, string database, string? query)
    {
        string? folder = null;
        int? port = null;
        foreach (string part in (query ?? "").Split('&'))
        {
            if (part.StartsWith(HostKey, StringComparison.Ordinal) && folder is null) folder = part[HostKey.Length..];
            else if (part.StartsWith(PortKey, StringComparison.Ordinal) && port is null && ReadPort(part[PortKey.Length..]) is { } read) port = read;
            else return null;
        }
        bool isFolder = folder is { Length: > 1 and <= MaxFolder } && folder[0] == '/'
            && folder.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-');
        return isFolder ? new StoreAddress(user, folder!, port ?? DefaultPort, database) : null;
    }

    private static StoreAddress? OfHost(string user, string database, string host)
    {
        bool isBracketed = host.StartsWith('[');
        int length = isBracketed ? host.IndexOf(']', StringComparison.Ordinal) + 1 : host.IndexOf(':', StringComparison.Ordinal);
        if (isBracketed && length == 0) return null;
        string name = length < 0 ? host : host[..length], behind = host[name.Length..];
        int? port = behind.Length == 0 ? DefaultPort : behind[0] == ':' ? ReadPort(behind[1..]) : null;
        if (isBracketed) name = name[1..^1];
        bool isHost = isBracketed ? IPAddress.TryParse(name, out IPAddress? literal) && name.Contains(':', StringComparison.Ordinal) && literal.ScopeId == 0
            : IPAddress.TryParse(name, out _) || (name.Length > 0 && name[0] != '.' && DomainText.Check(name) is null);
        return isHost && port is { } number ? new StoreAddress(user, name, number, database) : null;
    }

    private static int? ReadPort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536 ? port : null;

    private static bool IsName(string text) =>
        text.Length is > 0 and <= MaxName && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static (string Before, string? Behind) Split(string text, char mark) =>
        text.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, null);
}
