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
    private readonly UrlSchemes _schemes = new(context, isEchTunnel: parameters is not null);
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    /// <summary>Converts.</summary>
    /// <param name="listen">Where to listen; none: the embedded default.</param>
    /// <param name="forward">The hops of a chain, the first one first; none: straight out.</param>
    public MapNode ToNative(IReadOnlyList<string> listen, IReadOnlyList<string> forward)
    {
        NodeBuilder native = new(default(SourcePlace) with { Path = "" });
        List<ConfigNode> inbounds = [];
        for (int i = 0; i < listen.Count; i++)
            inbounds.AddRange(ToInbounds(listen[i], new(0, 0, string.Create(CultureInfo.InvariantCulture, $"listen[{i}]"))));
        if (listen.Count == 0) inbounds.Add(Embedded());
        native.AddList("inbounds", inbounds);
        UrlHops hops = new(Exits, context);
        string? last = null;
        for (int i = 0; i < forward.Count; i++)
        {
            bool isLast = i == forward.Count - 1;
            SourcePlace place = new(0, 0, forward.Count == 1 ? "forward" : string.Create(CultureInfo.InvariantCulture, $"forward[{i}]"));
            string name = isLast ? "forward" : string.Create(CultureInfo.InvariantCulture, $"hop-{i + 1}");
            if (hops.Add(forward[i], name, last, place, isLast)) last = name;
        }
        hops.AddTo(native);
        if (last is not null) native.Add("default", last);
        Finish();
        return native.Build();
    }

    /// <summary>Makes exits of URLs.</summary>
    public UrlExits Exits => new(context, _schemes, _echTunnel, _logins);

    /// <summary>Refuses what stands beside the URLs and has no use.</summary>
    public void Finish()
    {
        _echTunnel.Finish();
        _logins.Finish();
    }

    private MapNode Embedded()
    {
        SourcePlace place = new(0, 0, "listen");
        return new NodeBuilder(place).Add("name", "mixed").Add("type", "mixed").Add("listen", "127.0.0.1:1080")
            .Add("users", _logins.UsersOf("mixed", null, place)).Build();
    }

    /// <summary>Converts a URL to listen on.</summary>
    /// <returns>Its inbounds; none after an error.</returns>
    public IEnumerable<ConfigNode> ToInbounds(string text, SourcePlace place)
    {
        // A port alone listens for whatever protocol the client speaks.
        if (text.StartsWith(':')) text = "mixed://" + text;
        bool isSocks4 = text.StartsWith("socks4://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("socks4a://", StringComparison.OrdinalIgnoreCase);
        if (isSocks4) text = $"socks5{text[text.IndexOf("://", StringComparison.Ordinal)..]}";
        if (_schemes.Parse(text, place, _schemes.ForListening, out UrlScheme scheme) is not { } url) return [];
        if (!_schemes.IsInbound(scheme.Type)) return Refuse(place, $"the URL has a scheme that is not for listening; expected {_schemes.ForListening}");
        if (scheme.Type == "forward") return ReadPorts(url, scheme, place);
        if (scheme.Type == "ech-tunnel" && url.User is not null) return Refuse(place, "the URL has a user; an ECH tunnel has none, but a token");
        if (scheme.Type != "ech-tunnel" && url.Path is not ("" or "/")) return Refuse(place, "the URL has a path; expected scheme://address:port");
        if (scheme.Type == "tunnel" && url.User is not null) return Refuse(place, $"the URL {TunnelUrl.UserProblem}");
        MapNode inbound = Inbound(url, scheme, place, url.Authority);
        if (isSocks4) inbound = inbound with { Entries = [.. inbound.Entries, new("socks4", place, NodeBuilder.Text(place, "true"))] };
        return [inbound];
    }

    // tcp://listen/target,listen/target and udp://
    private IEnumerable<ConfigNode> ReadPorts(EndpointUrl url, UrlScheme scheme, SourcePlace place)
    {
        if (url.User is not null) return Refuse(place, "the URL has a user; a forwarded port asks for none");
        List<ConfigNode> inbounds = [];
        foreach (string pair in (url.Authority + url.Path).Split(','))
        {
            int slash = pair.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 && inbounds.Count > 0)
                return Refuse(place, "the URL has several targets for one port; expected listen/target,listen/target: a port for each");
            if (slash < 1 || slash == pair.Length - 1) return Refuse(place, "the URL has no target; expected tcp://127.0.0.1:8080/example.com:80");
            inbounds.Add(Inbound(url, scheme, place, pair[..slash], pair[(slash + 1)..]));
        }
        return inbounds;
    }

    private MapNode Inbound(EndpointUrl url, UrlScheme scheme, SourcePlace place, string listen, string? target = null)
    {
        NodeBuilder inbound = new NodeBuilder(place).Add("type", scheme.Type).Add("listen", listen);
        if (target is not null) inbound.Add("target", target);
        if (url.Scheme == "udp") inbound.Add("network", "udp");
        // Their URLs have the password of the protocol in the place of a user.
        bool hasPassword = scheme.Type == LightsocksUrl.Scheme && url.User is not null;
        if (hasPassword) inbound.Add("password", new ScalarNode(place, LightsocksUrl.PasswordOf(url) ?? "", IsPlain: false));
        if (scheme.Type == "shadowsocks") AddMethod(inbound, url, place);
        else inbound.Add("users", _logins.UsersOf(scheme.Type, hasPassword ? null : url, place));
        AddOptions(inbound, url, scheme, place);
        if (!url.Options.Any(option => option.Key == "name")) inbound.Add("name", NameFor(scheme.Type));
        return inbound.Build();
    }

    // ss://method:password@host:port, also with both as base64url.
    private void AddMethod(NodeBuilder inbound, EndpointUrl url, SourcePlace place)
    {
        if (url.User is null || ShadowsocksUrl.LoginOf(url.User, url.Password) is not { } login)
        {
            context.Errors.Add(place, "the URL has no method:password before an @; expected ss://method:password@address:port");
            return;
        }
        inbound.Add("method", login.Method).Add("password", new ScalarNode(place, login.Password, IsPlain: false));
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
            if (name is "type" or "listen" or "users" or "tls" or "target" or "network")
                context.Errors.Add(option, "is no option; the URL itself says it");
            else if (GostNames.OptionRefusal(name) is { } refusal) context.Errors.Add(option, refusal);
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
