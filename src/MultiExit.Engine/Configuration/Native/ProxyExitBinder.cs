using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads exits that go through a proxy.</summary>
internal static class ProxyExitBinder
{
    private const string ExpectedServer = "a host and a port such as \"proxy.example:1080\", or a URL such as socks5://proxy.example:1080";
    private const int MaxUser = 255;

    /// <summary>Reads the keys that all types of proxy exits have.</summary>
    /// <param name="reader">The exit.</param>
    /// <param name="name">Its name; null when it has none that can be used.</param>
    /// <param name="names">The names of the document.</param>
    /// <param name="keys">The values that the keys may have.</param>
    /// <param name="create">Makes the record for a server.</param>
    /// <param name="url">The URL in <c>server</c>; null when there is none.</param>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public static T? Read<T>(MapReader reader, string? name, NameTable names, ProxyKeys keys, Func<Destination, T> create, out EndpointUrl? url)
        where T : ProxyExitConfig
    {
        ReadContext context = reader.Context;
        url = null;
        Destination? server = reader.Require("server", ExpectedServer) is { } node ? ReadServer(context, node, keys, out url) : null;
        string? username = ReadUsername(reader, keys, url);
        Secret? password = ReadPassword(reader, keys, username, url);
        TlsClientConfig? tls = new TlsClientBinder(context).Read(reader, url);
        string? via = reader.Text("via", "the name of an exit or group");
        if (via is not null) names.UseExit(name, via, reader.Take("via")!.Place);
        TimeSpan? timeout = reader.Duration(ExitConfig.TimeoutRange);
        int retries = reader.Integer(ExitConfig.RetriesRange) ?? 0;
        SendProxy sendProxy = SendProxyBinder.Read(reader);
        if (tls?.Ech is not null && server is not null && reader.Take("tls") is MapNode map)
            EchClientBinder.CheckHiddenName(new MapReader(map, context, "tls of an exit"), tls.ServerName ?? server.Host, "sni");
        if (server is null || name is null) return null;
        return create(server) with
        {
            Username = username, Password = password, Tls = tls, Via = via, Timeout = timeout, Retries = retries, SendProxy = sendProxy,
        };
    }

    private static Destination? ReadServer(ReadContext context, ConfigNode node, ProxyKeys keys, out EndpointUrl? url)
    {
        url = null;
        int defaultPort = -1;
        if (node is not ScalarNode { IsNull: false } scalar)
        {
            context.Values.Expect(node, ExpectedServer);
            return null;
        }
        string text = scalar.Text;
        if (EndpointUrl.LooksLike(text))
        {
            string? problem = EndpointUrl.Parse(text, out EndpointUrl? parsed);
            UrlScheme? scheme = parsed is null ? null : context.Schema.SchemeOf(parsed);
            problem ??= scheme?.Refusal ?? (scheme?.Type != keys.Type ? $"has a scheme that is not for a {keys.Type} exit; expected {keys.Schemes}"
                : keys.HasPath ? (Ascii.IsValid(parsed!.Path) ? null : "has a path that is not ASCII; write it percent-encoded")
                : parsed!.Path is not ("" or "/") ? "has a path; expected scheme://host:port" : null);
            if (problem is not null)
            {
                context.Errors.Add(node.Place, $"the URL {problem}");
                return null;
            }
            url = parsed;
            text = parsed!.Authority;
            defaultPort = scheme!.DefaultPort;
        }
        if (Destination.TryParse(text, defaultPort, out Destination? server) && server.Port > 0) return server;
        // Not quoted: host:port:user:password is a common mistake.
        context.Errors.Add(node.Place, $"expected {ExpectedServer}");
        return null;
    }

    private static string? ReadUsername(MapReader reader, ProxyKeys keys, EndpointUrl? url)
    {
        string? username = reader.Text("username");
        ConfigNode? node = reader.Take("username");
        if (url?.User is not null)
        {
            if (node is not null) reader.Context.Errors.Add(node.Place, "the URL in `server` names a user already; expected one of them");
            node = reader.Take("server");
            username = url.User;
        }
        if (username is null) return null;
        bool good = username.Length > 0 && Encoding.UTF8.GetByteCount(username) <= MaxUser && !username.Any(char.IsControl)
            && (!keys.ColonEndsUser || !username.Contains(':', StringComparison.Ordinal));
        if (good) return username;
        reader.Context.Errors.Add(node!.Place, !keys.ColonEndsUser
            ? "a user's name has 1 to 255 octets and no control characters"
            : "a user's name has 1 to 255 octets, no control characters and no colon");
        return null;
    }

    private static Secret? ReadPassword(MapReader reader, ProxyKeys keys, string? username, EndpointUrl? url)
    {
        ErrorList errors = reader.Context.Errors;
        ConfigNode? node = keys.HasPassword ? reader.Take("password") : null;
        if (url?.User is not null)
        {
            SourcePlace place = reader.Take("server")!.Place;
            if (node is not null && url.Password is not null) errors.Add(node.Place, "the URL in `server` holds a password already; expected one of them");
            if (url.Password is not null) node = new ScalarNode(place, url.Password, IsPlain: false);
        }
        if (node is not null && !keys.HasPassword)
        {
            errors.Add(node.Place, $"a {keys.Type} exit has a user alone: the protocol has no place for a password");
            return null;
        }
        if (node is not null)
        {
            if (username is null && url?.User is null && reader.Take("username") is null)
                errors.Add(node.Place, "a password without a user; expected `username` beside it");
            return reader.Context.Secrets.Read(node, keys.MaxPassword);
        }
        if (username is not null && keys.NeedsPassword)
            errors.Add(reader.Place with { Path = reader.Place.PathOf("password") }, $"missing; a {keys.Type} exit with a user needs a password (RFC 1929)");
        return null;
    }
}
