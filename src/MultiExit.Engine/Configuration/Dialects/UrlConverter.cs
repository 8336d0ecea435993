using System.Globalization;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>Makes a document of the native schema from URLs, so that options of a URL are the keys of the schema.</summary>
/// <param name="context">Where errors go.</param>
/// <param name="parameters">What stands beside the URLs in the notation of ech-tunnel; null: they are not in that notation.</param>
/// <param name="secrets">The secrets that stand beside the URLs.</param>
internal sealed class UrlConverter(ReadContext context, EchTunnelParameters? parameters = null, UrlSecrets? secrets = null)
{
    private readonly EchTunnelUrls _echTunnel = new(parameters ?? new(), context);
    private readonly UrlLogins _logins = new(secrets ?? new(), context);
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    private string ListenSchemes => $"{Schemes(IsInbound, tls: false)}, or one with TLS: {Schemes(IsInbound, tls: true)}";

    private string ForwardSchemes => $"{Schemes(IsProxy, tls: false)}, {Schemes(IsProxy, tls: true)} or direct";

    /// <summary>Converts.</summary>
    public MapNode ToNative(IReadOnlyList<string> listen, string? forward)
    {
        NodeBuilder native = new(default(SourcePlace) with { Path = "" });
        List<ConfigNode> inbounds = [];
        for (int i = 0; i < listen.Count; i++)
            inbounds.AddRange(ReadListen(listen[i], new(0, 0, string.Create(CultureInfo.InvariantCulture, $"listen[{i}]"))));
        if (listen.Count == 0) inbounds.Add(Embedded());
        native.AddList("inbounds", inbounds);
        if (forward is not null && ToExit(forward, new(0, 0, "forward")) is { } exit) native.AddList("exits", [exit]).Add("default", "forward");
        _echTunnel.Finish();
        _logins.Finish();
        return native.Build();
    }

    private MapNode Embedded()
    {
        SourcePlace place = new(0, 0, "listen");
        return new NodeBuilder(place).Add("name", "mixed").Add("type", "mixed").Add("listen", "127.0.0.1:1080")
            .Add("users", _logins.UsersOf("mixed", null, place)).Build();
    }

    private IEnumerable<ConfigNode> ReadListen(string text, SourcePlace place)
    {
        // A port alone listens for whatever protocol the client speaks.
        if (text.StartsWith(':')) text = "mixed://" + text;
        if (Parse(text, place, ListenSchemes, out UrlScheme scheme) is not { } url) return [];
        if (!IsInbound(scheme.Type)) return Refuse(place, $"the URL has a scheme that is not for listening; expected {ListenSchemes}");
        if (scheme.Type == "forward") return ReadPorts(url, scheme, place);
        if (scheme.Type == "ech-tunnel" && url.User is not null) return Refuse(place, "the URL has a user; an ECH tunnel has none, but a token");
        if (scheme.Type != "ech-tunnel" && url.Path is not ("" or "/")) return Refuse(place, "the URL has a path; expected scheme://address:port");
        if (scheme.Type == "tunnel" && url.User is not null) return Refuse(place, $"the URL {TunnelUrl.UserProblem}");
        return [Inbound(url, scheme, place, url.Authority)];
    }

    // tcp://listen/target,listen/target
    private IEnumerable<ConfigNode> ReadPorts(EndpointUrl url, UrlScheme scheme, SourcePlace place)
    {
        if (url.User is not null) return Refuse(place, "the URL has a user; a forwarded port asks for none");
        List<ConfigNode> inbounds = [];
        foreach (string pair in (url.Authority + url.Path).Split(','))
        {
            int slash = pair.IndexOf('/', StringComparison.Ordinal);
            if (slash < 1 || slash == pair.Length - 1) return Refuse(place, "the URL has no target; expected tcp://127.0.0.1:8080/example.com:80");
            inbounds.Add(Inbound(url, scheme, place, pair[..slash], pair[(slash + 1)..]));
        }
        return inbounds;
    }

    private MapNode Inbound(EndpointUrl url, UrlScheme scheme, SourcePlace place, string listen, string? target = null)
    {
        NodeBuilder inbound = new NodeBuilder(place).Add("type", scheme.Type).Add("listen", listen);
        if (target is not null) inbound.Add("target", target);
        // Its URL has the password of the protocol in the place of a user.
        bool hasPassword = scheme.Type == LightsocksUrl.Scheme && url.User is not null;
        if (hasPassword) inbound.Add("password", new ScalarNode(place, LightsocksUrl.PasswordOf(url) ?? "", IsPlain: false));
        inbound.Add("users", _logins.UsersOf(scheme.Type, hasPassword ? null : url, place));
        AddOptions(inbound, url, scheme, place);
        if (!url.Options.Any(option => option.Key == "name")) inbound.Add("name", NameFor(scheme.Type));
        return inbound.Build();
    }

    private void AddOptions(NodeBuilder inbound, EndpointUrl url, UrlScheme scheme, SourcePlace place)
    {
        NodeBuilder tls = new(place with { Path = place.PathOf("tls") });
        HashSet<string> seen = new(StringComparer.Ordinal);
        if (scheme.Type == "tunnel" && _logins.TunnelKey() is { } key)
        {
            inbound.Add("key", key);
            seen.Add("key");
        }
        foreach ((string name, string value) in url.Options)
        {
            SourcePlace option = place with { Path = place.PathOf(name) };
            string? tlsKey = TlsKeyOf(name, scheme);
            if (name is "type" or "listen" or "users" or "tls" or "target") context.Errors.Add(option, "is no option; the URL itself says it");
            else if (tlsKey is not null && !scheme.Tls) context.Errors.Add(option, "only for a scheme with TLS, such as socks5s, https or mixed+tls");
            else if (tlsKey is not null && seen.Add($"tls.{tlsKey}")) tls.Add(tlsKey, new ScalarNode(option, value, IsPlain: tlsKey == "self_signed"));
            else if (tlsKey is not null) context.Errors.Add(option, "says the same as another option; expected one of them");
            else if (scheme.Type == "ech-tunnel" && EchTunnelUrls.IsOwn(name)) continue;
            else if (scheme.Type != "tunnel") inbound.Add(name, new ScalarNode(option, value, IsPlain: true));
            else if (TunnelUrl.Option(name, value, option, context.Errors) is not { } entry) continue;
            else if (seen.Add(entry.Key)) inbound.Add(entry.Key, entry.Value);
            else context.Errors.Add(option, "says the same as another option; expected one of them");
        }
        if (scheme.Type == "ech-tunnel") _echTunnel.AddTo(inbound, tls, url, place);
        if (scheme.Tls) inbound.Add("tls", tls.Build());
    }

    // `key` alone could be either key of a tunnel.
    private static string? TlsKeyOf(string name, UrlScheme scheme) => name switch
    {
        "cert" or "self_signed" => name,
        "cert_key" => "key",
        "key" when scheme.Type != "tunnel" => "key",
        _ => null,
    };

    /// <summary>Converts the URL of an exit.</summary>
    /// <returns>The exit; null after an error.</returns>
    public MapNode? ToExit(string text, SourcePlace place, string exitName = "forward")
    {
        NodeBuilder exit = new NodeBuilder(place).Add("name", exitName);
        if (text is "direct" or "direct://") return exit.Add("type", "direct").Build();
        if (Parse(text, place, ForwardSchemes, out UrlScheme scheme) is not { } url) return null;
        if (context.Schema.Exit(scheme.Type) is null)
        {
            context.Errors.Add(place, $"the URL has a scheme that is not for an upstream; expected {ForwardSchemes}");
            return null;
        }
        if (scheme.Type == "direct")
        {
            if (url.User is not null || url.Options.Count > 0 || url.Path is not ("" or "/"))
                context.Errors.Add(place, "the URL has more than an address; expected direct:// or direct://198.51.100.10");
            return exit.Add("type", "direct").Add("address", url.Authority.Trim('[', ']')).Build();
        }
        if (scheme.Type == "ech-tunnel")
        {
            _echTunnel.AddTo(exit, url, text, place);
            return exit.Build();
        }
        if (scheme.Type == "tunnel") return exit.Add("type", "tunnel").Add("server", text).Add("key", _logins.TunnelKey()).Build();
        // Options that are keys of the exit leave the URL; the others (sni, ca) stay in it.
        exit.Add("type", scheme.Type);
        if (context.Schema.Exit(scheme.Type)!.HasLogin) _logins.AddLogin(exit, url, place);
        List<string> rest = [];
        foreach ((string name, string value) in url.Options)
        {
            if (name is "timeout" or "retries" or "weight" or "reply_wait" or "ping_interval" or "ping_timeout")
                exit.Add(name, new ScalarNode(place with { Path = place.PathOf(name) }, value, IsPlain: true));
            else rest.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
        }
        int question = text.IndexOf('?', StringComparison.Ordinal);
        string server = question < 0 ? text : text[..question];
        return exit.Add("server", rest.Count == 0 ? server : $"{server}?{string.Join('&', rest)}").Build();
    }

    private EndpointUrl? Parse(string text, SourcePlace place, string schemes, out UrlScheme scheme)
    {
        scheme = null!;
        string? problem = EndpointUrl.Parse(text, out EndpointUrl? url);
        if (url is not null && context.Schema.SchemeOf(url, isEchTunnel: parameters is not null) is { } known)
        {
            scheme = known;
            if (known.NotYet is null) return url;
            context.Errors.AddNotYet(place, known.NotYet);
            return null;
        }
        context.Errors.Add(place, $"the URL {problem ?? $"has an unknown scheme; expected {schemes}"}");
        return null;
    }

    private bool IsInbound(string type) => context.Schema.Inbound(type) is not null;

    private bool IsProxy(string type) => type != "direct" && context.Schema.Exit(type) is not null;

    private string Schemes(Func<string, bool> choice, bool tls) => string.Join(", ", context.Schema.SchemesOf(choice, tls));

    private string NameFor(string type)
    {
        int count = _names[type] = _names.GetValueOrDefault(type) + 1;
        return count == 1 ? type : string.Create(CultureInfo.InvariantCulture, $"{type}-{count}");
    }

    private IEnumerable<ConfigNode> Refuse(SourcePlace place, string message)
    {
        context.Errors.Add(place, message);
        return [];
    }
}
