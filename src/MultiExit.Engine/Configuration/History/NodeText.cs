using System.Text;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.History;

/// <summary>Values of a document as one line of text. It shows no secret, and nothing that may be one.</summary>
internal static class NodeText
{
    private const int MaxLength = 400;
    private const string Mask = "***";

    // A literal beneath one of these is a secret; { env: NAME } and { file: path } only name one.
    private static readonly HashSet<string> SecretKeys = new(StringComparer.Ordinal)
    {
        "password", "password_hash", "key", "keys", "token", "tokens", "psk", "secret", "vault", "bind_password",
    };

    // A URL whose path may be the whole secret, as those of web hooks are.
    private const string HookUrl = "hook url";

    /// <summary>The key that says what stands beneath another: the names of a user's keys and tokens are its own, and what they name is a secret.</summary>
    public static string Beneath(string parent, string key) => parent switch
    {
        "keys" => "key",
        "tokens" => "token",
        "psks" => "psk",
        // auth.http.url and notify[0].url
        "http" or "notify" when key == "url" => HookUrl,
        _ => key,
    };

    /// <summary>The text of a value.</summary>
    /// <param name="node">The value.</param>
    /// <param name="key">The key it stands beneath.</param>
    public static string Of(ConfigNode node, string key)
    {
        StringBuilder text = new();
        Write(text, node, key);
        return text.Length > MaxLength ? text.ToString(0, MaxLength) + "..." : text.ToString();
    }

    private static void Write(StringBuilder text, ConfigNode node, string key)
    {
        if (text.Length > MaxLength) return;
        switch (node)
        {
            case ScalarNode { IsNull: true }:
                text.Append("null");
                break;
            case ScalarNode scalar:
                text.Append(SecretKeys.Contains(key) ? Mask : key == HookUrl ? HostOf(scalar.Text) : Harmless(scalar.Text));
                break;
            case ListNode list:
                text.Append('[');
                Separated(text, list.Items, item => Write(text, item, key));
                text.Append(']');
                break;
            case MapNode map:
                text.Append("{ ");
                Separated(text, map.Entries, entry =>
                {
                    text.Append(ErrorText.Clean(entry.Key)).Append(": ");
                    Write(text, entry.Value, Beneath(key, entry.Key));
                });
                text.Append(" }");
                break;
        }
    }

    private static string HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Host.Length > 0
        ? Harmless($"{address.GetLeftPart(UriPartial.Scheme)}{address.Authority}/{Mask}") : Mask;

    private static string Harmless(string value) => ErrorText.Quote(value)[1..^1];

    private static void Separated<T>(StringBuilder text, IReadOnlyList<T> items, Action<T> write)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) text.Append(", ");
            write(items[i]);
        }
    }
}
