using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads exits that are proxies elsewhere.</summary>
internal sealed class ProxyExitBinder(NameTable names)
{
    private const string ExpectedServer = "a host and a port such as \"proxy.example:1080\", or a URL such as socks5://proxy.example:1080";
    private const int MaxSocks5Secret = 255;
    private const int MaxHttpSecret = 4096;

    /// <summary>Reads the keys of a proxy exit.</summary>
    public ProxyExitConfig? Read(MapReader reader, string type, string? name)
    {
        ReadContext context = reader.Context;
        EndpointUrl? url = null;
        Destination? server = reader.Require("server", ExpectedServer) is { } node ? ReadServer(context, node, type, out url) : null;
        string? username = ReadUsername(reader, type, url);
        Secret? password = ReadPassword(reader, type, username, url);
        TlsClientConfig? tls = new TlsClientBinder(context).Read(reader, url);
        string? via = reader.Text("via", "the name of an exit or group");
        if (via is not null) names.UseExit(name, via, reader.Take("via")!.Place);
        TimeSpan? timeout = reader.Duration("timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
        int retries = reader.Integer("retries", 0, 100) ?? 0;
        if (tls?.Ech is not null && server is not null && reader.Take("tls") is MapNode map)
            EchClientBinder.CheckHiddenName(new MapReader(map, context, "tls of an exit"), tls.ServerName ?? server.Host, "sni");
        if (server is null || name is null)
        {
            if (type == "websocket") reader.Known("reply_wait", "ping_interval", "ping_timeout");
            return null;
        }
        ProxyExitConfig exit = type switch
        {
            "socks5" => new Socks5ExitConfig { Name = name, Server = server },
            "http" => new HttpExitConfig { Name = name, Server = server },
            _ => new WebSocketExitConfig { Name = name, Server = server },
        };
        exit = exit with { Username = username, Password = password, Tls = tls, Via = via, Timeout = timeout, Retries = retries };
        return exit is WebSocketExitConfig socket ? WebSocketBinder.ReadExit(reader, socket, url) : exit;
    }

    private static Destination? ReadServer(ReadContext context, ConfigNode node, string type, out EndpointUrl? url)
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
            UrlScheme? scheme = parsed is null ? null : UrlScheme.Of(parsed);
            if (scheme?.NotYet is { } feature)
            {
                context.Errors.AddNotYet(node.Place, feature);
                return null;
            }
            problem ??= scheme?.Type != type ? $"has a scheme that is not for a {type} exit; expected {SchemesOf(type)}"
                : type == "websocket" ? (Ascii.IsValid(parsed!.Path) ? null : "has a path that is not ASCII; write it percent-encoded")
                : parsed!.Path is not ("" or "/") ? "has a path; expected scheme://host:port" : null;
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

    private static string SchemesOf(string type) => type switch
    {
        "socks5" => "socks5://, socks5s:// or socks5+tls://",
        "http" => "http:// or https://",
        _ => "ws:// or wss://",
    };

    private static string? ReadUsername(MapReader reader, string type, EndpointUrl? url)
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
        bool good = username.Length > 0 && System.Text.Encoding.UTF8.GetByteCount(username) <= MaxSocks5Secret && !username.Any(char.IsControl)
            && (type != "http" || !username.Contains(':', StringComparison.Ordinal));
        if (good) return username;
        reader.Context.Errors.Add(node!.Place, type != "http"
            ? "a user's name has 1 to 255 octets and no control characters"
            : "a user's name has 1 to 255 octets, no control characters and no colon");
        return null;
    }

    private static Secret? ReadPassword(MapReader reader, string type, string? username, EndpointUrl? url)
    {
        ErrorList errors = reader.Context.Errors;
        ConfigNode? node = reader.Take("password");
        int max = type == "socks5" ? MaxSocks5Secret : MaxHttpSecret;
        if (url?.User is not null)
        {
            SourcePlace place = reader.Take("server")!.Place;
            if (node is not null && url.Password is not null) errors.Add(node.Place, "the URL in `server` holds a password already; expected one of them");
            if (url.Password is not null) node = new ScalarNode(place, url.Password, IsPlain: false);
        }
        if (node is not null)
        {
            if (username is null && url?.User is null && reader.Take("username") is null) errors.Add(node.Place, "a password without a user; expected `username` beside it");
            return reader.Context.Secrets.Read(node, max);
        }
        if (username is not null && type == "socks5")
            errors.Add(reader.Place with { Path = reader.Place.PathOf("password") }, "missing; a socks5 exit with a user needs a password (RFC 1929)");
        return null;
    }
}
