using System.Globalization;
using System.Text;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>The notation of ech-tunnel: <c>ws://</c> and <c>wss://</c> URLs with parameters beside them become keys of ech-tunnel inbounds and exits.</summary>
internal sealed class EchTunnelUrls(EchTunnelParameters parameters, ReadContext context)
{
    // The part of this notation that may be written as options of a URL.
    private static readonly string[] Own = ["token", "token_file", "allow", "addresses"];

    private bool _listens;
    private bool _forwards;

    /// <summary>Whether an option of a URL is read here.</summary>
    public static bool IsOwn(string option) => Own.Contains(option, StringComparer.Ordinal);

    /// <summary>Adds the keys of an inbound, its options and its listen address aside.</summary>
    public void AddTo(NodeBuilder inbound, NodeBuilder tls, EndpointUrl url, SourcePlace place)
    {
        _listens = true;
        bool secure = url.Scheme != "ws";
        inbound.Add("path", new ScalarNode(place, url.Path.Length == 0 ? "/" : url.Path, IsPlain: false));
        AddToken(inbound, url, place);
        inbound.AddList("allow", [.. Items("cidr", parameters.Cidr), .. Option(url, "allow", place)]);
        bool options = url.Options.Any(option => option.Key is "cert" or "cert_key" or "key" or "self_signed");
        if (options) return;
        if (parameters.Certificate is not null) tls.Add("cert", Literal("cert", parameters.Certificate));
        if (parameters.Key is not null) tls.Add("key", Literal("key", parameters.Key));
        if (secure && parameters.Certificate is null && parameters.Key is null) tls.Add("self_signed", NodeBuilder.Text(place, "true"));
        if (!secure && (parameters.Certificate ?? parameters.Key) is not null) context.Errors.Add(At("cert"), "a certificate is for wss://; ws:// has no TLS");
    }

    /// <summary>Adds the keys of an exit.</summary>
    public void AddTo(NodeBuilder exit, EndpointUrl url, string text, SourcePlace place)
    {
        _forwards = true;
        exit.Add("type", "ech-tunnel");
        List<string> rest = [];
        foreach ((string name, string value) in url.Options)
        {
            // Options that are keys of the exit leave the URL; those of TLS stay in it.
            if (name is "sni" or "ca" or "pin" or "insecure") rest.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
            else if (!IsOwn(name)) exit.Add(name, new ScalarNode(place with { Path = place.PathOf(name) }, value, IsPlain: true));
        }
        int question = text.IndexOf('?', StringComparison.Ordinal);
        string server = question < 0 ? text : text[..question];
        exit.Add("server", new ScalarNode(place, rest.Count == 0 ? server : $"{server}?{string.Join('&', rest)}", IsPlain: false));
        AddToken(exit, url, place);
        if (parameters.Carriers is { } carriers) exit.Add("carriers", new ScalarNode(At("n"), carriers.ToString(CultureInfo.InvariantCulture), IsPlain: true));
        exit.AddList("addresses", [.. Items("ip", parameters.Addresses), .. Option(url, "addresses", place)]);
        if (!parameters.Ech && parameters.Doh is null && parameters.EchName is null && !parameters.EchFallback) return;
        NodeBuilder ech = new(At("ech"));
        if (parameters.Doh is { } doh) ech.Add("doh", Literal("dns", EndpointUrl.LooksLike(doh) ? doh : "https://" + doh));
        if (parameters.EchName is { } name2) ech.Add("name", Literal("ech", name2));
        if (parameters.EchFallback) ech.Add("fallback", NodeBuilder.Text(At("fallback"), "true"));
        exit.Add("ech", ech.Build());
    }

    /// <summary>Refuses what was said beside URLs that have no use for it.</summary>
    public void Finish()
    {
        const string Forward = "is for a server to go through; expected it beside a forward URL ws:// or wss://";
        const string Listen = "is for clients to come in; expected it beside a listen URL ws:// or wss://";
        if (parameters.Token is not null && !_listens && !_forwards)
            context.Errors.Add(At("token"), "is for an ECH tunnel; expected a listen or forward URL ws:// or wss:// beside it");
        Refuse(_listens, "cidr", parameters.Cidr.Count > 0, Listen);
        Refuse(_listens, "cert", parameters.Certificate is not null, Listen);
        Refuse(_listens, "key", parameters.Key is not null, Listen);
        Refuse(_forwards, "dns", parameters.Doh is not null, Forward);
        Refuse(_forwards, "ech", parameters.Ech || parameters.EchName is not null, Forward);
        Refuse(_forwards, "fallback", parameters.EchFallback, Forward);
        Refuse(_forwards, "n", parameters.Carriers is not null, Forward);
        Refuse(_forwards, "ip", parameters.Addresses.Count > 0, Forward);
    }

    private void AddToken(NodeBuilder builder, EndpointUrl url, SourcePlace place)
    {
        ConfigNode? token = parameters.Token is null ? null : Literal("token", Encoding.UTF8.GetString(parameters.Token.Reveal()));
        foreach ((string name, string value) in url.Options)
        {
            if (name is not ("token" or "token_file")) continue;
            SourcePlace option = place with { Path = place.PathOf(name) };
            if (token is not null) context.Errors.Add(option, "says the same as another option; expected one of them");
            ScalarNode literal = new(option, value, IsPlain: false);
            token = name == "token" ? literal : new MapNode(option, [new("file", option, literal)]);
        }
        builder.Add("token", token);
    }

    private void Refuse(bool used, string name, bool given, string message)
    {
        if (given && !used) context.Errors.Add(At(name), message);
    }

    private static IReadOnlyList<ConfigNode> Option(EndpointUrl url, string name, SourcePlace place) =>
        [.. url.Options.Where(option => option.Key == name).SelectMany(option => option.Value.Split(','))
            .Select(item => new ScalarNode(place with { Path = place.PathOf(name) }, item, IsPlain: false))];

    private static IReadOnlyList<ConfigNode> Items(string name, IReadOnlyList<string> values) =>
        [.. values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(item => Literal(name, item))];

    private static ScalarNode Literal(string name, string value) => new(At(name), value, IsPlain: false);

    private static SourcePlace At(string name) => new(0, 0, name);
}
