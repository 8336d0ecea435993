using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Writing;

/// <summary>Takes secrets out of the URLs of exits and makes keys of them, so that they can be put into files.</summary>
internal static class UrlKeys
{
    /// <summary>A document whose exits have the secrets of their URLs as keys.</summary>
    public static MapNode Of(MapNode root, ErrorList errors) => root with
    {
        Entries = [.. root.Entries.Select(entry => entry.Key == "exits" && entry.Value is ListNode exits
            ? entry with { Value = exits with { Items = [.. exits.Items.Select(exit => exit is MapNode map ? OfExit(map, errors) : exit)] } }
            : entry)],
    };

    private static MapNode OfExit(MapNode exit, ErrorList errors)
    {
        if (exit.Find("server") is not { Value: ScalarNode server } entry || !EndpointUrl.LooksLike(server.Text)) return exit;
        List<MapEntry> keys = [];
        string text = server.Text;
        if (ShadowsocksUrl.LooksLike(text))
        {
            if (ShadowsocksUrl.Parse(text, out ShadowsocksUrl? shadowsocks) is not null) return exit;
            keys.Add(Key("method", shadowsocks!.Method, server.Place));
            keys.Add(Key("password", shadowsocks.Password, server.Place));
            text = shadowsocks.Server.ToString();
        }
        else if (EndpointUrl.Parse(text, out EndpointUrl? url) is not null)
        {
            return exit;
        }
        else if (url!.Scheme == "tunnel")
        {
            keys.AddRange(TunnelUrl.Options(url, server.Place, errors));
            text = url.Authority;
        }
        else if (url.Scheme == LightsocksUrl.Scheme)
        {
            if (LightsocksUrl.PasswordOf(url) is not { } password) return exit;
            keys.Add(Key("password", password, server.Place));
            text = url.Authority;
        }
        else if (url.User is not null && exit.Find("type")?.Value is ScalarNode { Text: "socks5" or "http" or "websocket" or "socks4" })
        {
            keys.Add(Key("username", url.User, server.Place));
            if (url.Password is not null) keys.Add(Key("password", url.Password, server.Place));
            int start = text.IndexOf("://", StringComparison.Ordinal) + 3;
            int question = text.IndexOf('?', StringComparison.Ordinal);
            text = text[..start] + text[(text.AsSpan(0, question < 0 ? text.Length : question).LastIndexOf('@') + 1)..];
        }
        MapEntry replaced = entry with { Value = server with { Text = text } };
        return exit with { Entries = [.. exit.Entries.SelectMany(each => each.Key == "server" ? [replaced, .. keys] : new[] { each })] };
    }

    private static MapEntry Key(string key, string value, SourcePlace place) => new(key, place, new ScalarNode(place, value, IsPlain: false));
}
