using System.Globalization;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>Values of the socks5-websocket-proxy dialects. There, null, 0 and empty text mean that a key was not given.</summary>
internal static class Socks5WebSocketValues
{
    /// <summary>The value of a key, or null when it is not given.</summary>
    public static ConfigNode? Given(MapReader reader, string key) => reader.Take(key) switch
    {
        ScalarNode { IsNull: true } or ScalarNode { Text: "" } => null,
        var node => node,
    };

    /// <summary>A duration as the native schema writes it; null when it is not given or after an error.</summary>
    public static ConfigNode? Duration(MapReader reader, string key)
    {
        if (Given(reader, key) is not { } node) return null;
        TimeSpan duration = default;
        bool read = node is ScalarNode scalar
            && (NanosecondText.TryParseInteger(scalar.Text, out duration) || NanosecondText.TryParseText(scalar.Text, out duration));
        if (!read)
        {
            reader.Context.Values.Expect(node, NanosecondText.Expected);
            return null;
        }
        string text = ((ScalarNode)node).Text;
        if (duration >= TimeSpan.FromMilliseconds(1)) return NodeBuilder.Text(node.Place, DurationText.Format(duration));
        if (text.Trim('0').Length > 0 && duration > TimeSpan.Zero || text.AsSpan().ContainsAnyInRange('1', '9'))
            reader.Context.Errors.Add(node.Place, $"{ErrorText.Quote(text)} is less than a millisecond; expected {NanosecondText.Expected}");
        return null;
    }

    /// <summary>A count of retries; null when it is 0 or not given, and after an error.</summary>
    public static ConfigNode? Retries(MapReader reader, string key)
    {
        if (Given(reader, key) is not { } node) return null;
        int? count = reader.Context.Values.Integer(node, ExitConfig.RetriesRange);
        return count > 0 ? NodeBuilder.Text(node.Place, count.Value.ToString(CultureInfo.InvariantCulture)) : null;
    }

    /// <summary>An upstream's address, with the schemes of the dialect turned into native ones.</summary>
    public static ConfigNode? Server(ConfigNode? node, string type)
    {
        if (node is not ScalarNode scalar || !EndpointUrl.LooksLike(scalar.Text)) return node;
        int end = scalar.Text.IndexOf("://", StringComparison.Ordinal);
        string scheme = (scalar.Text[..end].ToLowerInvariant(), type) switch
        {
            ("tcp", _) => type,
            ("tls", "http") => "https",
            ("tls", "websocket") => "wss",
            ("tls", _) => "socks5s",
            var (other, _) => other,
        };
        return scalar with { Text = scheme + scalar.Text[end..] };
    }
}
