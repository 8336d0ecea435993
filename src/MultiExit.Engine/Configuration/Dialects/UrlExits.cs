using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>Makes exits of URLs.</summary>
internal sealed class UrlExits(ReadContext context, UrlSchemes schemes, EchTunnelUrls echTunnel, UrlLogins logins)
{
    /// <summary>Converts URLs with nothing beside them.</summary>
    public UrlExits(ReadContext context)
        : this(context, new UrlSchemes(context, isEchTunnel: false), new EchTunnelUrls(new(), context), new UrlLogins(new(), context))
    {
    }

    /// <summary>Converts the URL of an exit.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="exitName">The name of the exit.</param>
    /// <param name="takesLogin">Whether the login beside the URLs is for it.</param>
    /// <returns>The exit; null after an error.</returns>
    public MapNode? Convert(string text, SourcePlace place, string exitName, bool takesLogin = true)
    {
        NodeBuilder exit = new NodeBuilder(place).Add("name", exitName);
        if (text is "direct" or "direct://") return exit.Add("type", "direct").Build();
        // The name of a server, which the URL of another program has, is not that of the exit.
        int tag = ShadowsocksUrl.LooksLike(text) ? text.IndexOf('#', StringComparison.Ordinal) : -1;
        if (tag >= 0) text = text[..tag];
        if (schemes.Parse(text, place, schemes.ForForwarding, out UrlScheme scheme) is not { } url) return null;
        if (context.Schema.Exit(scheme.Type) is null)
        {
            context.Errors.Add(place, $"the URL has a scheme that is not for an upstream; expected {schemes.ForForwarding}");
            return null;
        }
        if (url.Authority.Contains(',', StringComparison.Ordinal))
        {
            context.Errors.Add(place, "the URL has several hosts, which are a group; expected one here, and `groups` for several");
            return null;
        }
        switch (scheme.Type)
        {
            case "direct":
                if (url.User is not null || url.Options.Count > 0 || url.Path is not ("" or "/"))
                    context.Errors.Add(place, "the URL has more than an address; expected direct:// or direct://198.51.100.10");
                return exit.Add("type", "direct").Add("address", url.Authority.Trim('[', ']')).Build();
            case "ech-tunnel":
                echTunnel.AddTo(exit, url, text, place);
                return exit.Build();
            case "tunnel":
                return exit.Add("type", "tunnel").Add("server", text).Add("key", logins.TunnelKey()).Build();
        }
        exit.Add("type", scheme.Type);
        if (takesLogin && context.Schema.Exit(scheme.Type)!.HasLogin) logins.AddLogin(exit, url, place);
        AddServer(exit, url, scheme, text, place);
        return exit.Build();
    }

    // Options that are keys of the exit leave the URL; those of TLS stay in it.
    private void AddServer(NodeBuilder exit, EndpointUrl url, UrlScheme scheme, string text, SourcePlace place)
    {
        List<string> rest = [];
        foreach ((string name, string value) in url.Options)
        {
            SourcePlace option = place with { Path = place.PathOf(name) };
            if (GostNames.OptionRefusal(name) is { } refusal) context.Errors.Add(option, refusal);
            // Ours checks certificates unless it is told not to.
            else if (scheme.Tls && name == "secure" && value is "true" or "1") continue;
            else if (name is "timeout" or "retries" or "weight" or "reply_wait" or "ping_interval" or "ping_timeout" || scheme.Type == "shadowsocks")
                exit.Add(name, new ScalarNode(option, value, IsPlain: true));
            else rest.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
        }
        int question = text.IndexOf('?', StringComparison.Ordinal);
        string server = question < 0 ? text : text[..question];
        exit.Add("server", new ScalarNode(place, rest.Count == 0 ? server : $"{server}?{string.Join('&', rest)}", IsPlain: true));
    }
}
