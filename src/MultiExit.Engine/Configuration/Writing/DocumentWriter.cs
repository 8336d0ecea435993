using System.Text;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Writing;

/// <summary>Writes a document of the native schema as YAML for people: a key a line, lists of single values on one line. Secrets stand in it as they
/// were given, each marked.</summary>
internal sealed class DocumentWriter
{
    private const string SecretMark = "  # secret";

    private static readonly HashSet<string> SecretKeys = new(StringComparer.Ordinal)
    {
        "password", "password_hash", "key", "token", "psk", "bind_password",
    };

    // Of a URL.
    private static readonly string[] SecretParts = ["@", "psk=", "token="];

    private readonly ValueText _values = new(json: false);
    private readonly StringBuilder _text = new();

    private DocumentWriter()
    {
    }

    /// <summary>Writes a document.</summary>
    /// <param name="root">The document.</param>
    /// <param name="remarks">Lines of the comment at its beginning.</param>
    public static string Write(MapNode root, IReadOnlyList<string> remarks)
    {
        DocumentWriter writer = new();
        foreach (MapEntry entry in root.Entries)
        {
            if (writer._text.Length > 0) writer._text.Append('\n');
            writer.WriteEntry(entry, "", "", "");
        }
        List<string> head = [.. remarks];
        if (writer._text.ToString().Contains(SecretMark, StringComparison.Ordinal))
        {
            head.Add("Where a line ends with \"# secret\", everybody who may read this file has the secret. To move one out, put it into a file of its own");
            head.Add("that only the server's user may read (chmod 600), and write { file: PATH } in its place; { env: NAME } does as well.");
        }
        string comment = string.Concat(head.Select(line => $"# {ErrorText.Clean(line, MaxRemark)}\n"));
        return comment.Length == 0 ? writer._text.ToString() : $"{comment}\n{writer._text}";
    }

    private const int MaxRemark = 400;

    // first: what stands before the key, an indent or the dash of a list.
    private void WriteEntry(MapEntry entry, string first, string indent, string parent)
    {
        _text.Append(first).Append(_values.Key(entry.Key)).Append(':');
        switch (entry.Value)
        {
            case MapNode { Entries.Count: > 0 } map:
                _text.Append('\n');
                foreach (MapEntry inner in map.Entries) WriteEntry(inner, indent + "  ", indent + "  ", entry.Key);
                break;
            case ListNode list when list.Items.Any(item => item is MapNode):
                _text.Append('\n');
                foreach (ConfigNode item in list.Items) WriteItem(item, indent + "  ", entry.Key);
                break;
            default:
                // The names of a user's keys and tokens are its own: what stands beneath them is a secret.
                bool isSecret = IsSecret(entry.Key, entry.Value) || (parent is "keys" or "tokens" or "psks" && entry.Value is ScalarNode);
                _text.Append(' ').Append(Of(entry.Value)).Append(isSecret ? SecretMark : "").Append('\n');
                break;
        }
    }

    private void WriteItem(ConfigNode item, string indent, string key)
    {
        if (item is not MapNode { Entries.Count: > 0 } map)
        {
            _text.Append(indent).Append("- ").Append(Of(item)).Append('\n');
            return;
        }
        string first = indent + "- ";
        foreach (MapEntry entry in InOrder(map))
        {
            WriteEntry(entry, first, indent + "  ", key);
            first = indent + "  ";
        }
    }

    // Of an inbound and an exit the name and the type are read first.
    private static IEnumerable<MapEntry> InOrder(MapNode map) =>
        map.Entries.OrderBy(entry => entry.Key switch { "name" => 0, "type" => 1, "listen" or "server" => 2, _ => 3 });

    private string Of(ConfigNode node) => node switch
    {
        ListNode { Items.Count: > 0 } list => $"[{string.Join(", ", list.Items.Select(Of))}]",
        MapNode { Entries.Count: > 0 } map => $"{{ {string.Join(", ", map.Entries.Select(entry => $"{_values.Key(entry.Key)}: {Of(entry.Value)}"))} }}",
        ScalarNode scalar => Scalar(scalar),
        _ => _values.Of(node),
    };

    // Only what may be a number, a flag or nothing has to stay without quotes.
    private string Scalar(ScalarNode scalar) =>
        scalar.IsPlain && (scalar.IsNull || scalar.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+')) ? _values.Of(scalar)
        : _values.Of(scalar with { IsPlain = false });

    private static bool IsSecret(string key, ConfigNode value) => value switch
    {
        ScalarNode scalar => key == "server"
            ? EndpointUrl.LooksLike(scalar.Text) && Array.Exists(SecretParts, part => scalar.Text.Contains(part, StringComparison.Ordinal))
            : SecretKeys.Contains(key) && !IsPath(key, scalar.Text),
        ListNode list => SecretKeys.Contains(key) && list.Items.Any(item => item is ScalarNode),
        _ => false,
    };

    // `key` of TLS is the file of a key.
    private static bool IsPath(string key, string text) => key == "key" && text.EndsWith(".pem", StringComparison.Ordinal);
}
