using MultiExit.Engine.Configuration.Reading;
using YamlDotNet.Core;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>Writes values on one line, so that they are read back as what they are wherever they stand, in YAML or in JSON.</summary>
/// <remarks>Text stands without quotes only when it is made of letters, digits and a few signs that mean nothing; all else is in double
/// quotes with the escapes of JSON, which are those of YAML too.</remarks>
internal sealed class ValueText(bool json)
{
    private const string HarmlessSigns = "_./%+@~-:";

    private static readonly HashSet<string> JsonWords = new(StringComparer.Ordinal) { "true", "false" };

    /// <summary>Writes a value in flow style.</summary>
    /// <param name="node">The value.</param>
    /// <param name="style">How the value that it replaces was written.</param>
    public string Of(ConfigNode node, ScalarStyle style = ScalarStyle.Any) => node switch
    {
        ScalarNode scalar => Scalar(scalar, style),
        ListNode { Items.Count: 0 } => "[]",
        ListNode list => $"[{string.Join(", ", list.Items.Select(item => Of(item)))}]",
        MapNode { Entries.Count: 0 } => "{}",
        MapNode map => $"{{ {string.Join(", ", map.Entries.Select(entry => Entry(entry.Key, entry.Value)))} }}",
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    /// <summary>Writes an entry of a mapping.</summary>
    public string Entry(string key, ConfigNode value) => $"{Key(key)}: {Of(value)}";

    /// <summary>Writes a key.</summary>
    public string Key(string key) => !json && IsHarmless(key) ? key : QuotedText.Of(key);

    private string Scalar(ScalarNode scalar, ScalarStyle style)
    {
        string text = scalar.Text;
        if (json) return scalar.IsPlain || IsJsonNumber(text) ? text : QuotedText.Of(text);
        if (scalar.IsPlain) return text;
        if (style == ScalarStyle.SingleQuoted && text.All(QuotedText.Prints)) return $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
        return style != ScalarStyle.DoubleQuoted && IsHarmless(text) ? text : QuotedText.Of(text);
    }

    private static bool IsHarmless(string text) =>
        text.Length > 0 && (char.IsAsciiLetterOrDigit(text[0]) || text[0] is '/' or '_') && text[^1] != ':'
        && text.All(c => char.IsAsciiLetterOrDigit(c) || HarmlessSigns.Contains(c, StringComparison.Ordinal))
        && !new ScalarNode(default, text, IsPlain: true).IsNull;

    // Text that a reader of numbers or flags would convert and a reader of text takes as it is.
    private static bool IsJsonNumber(string text) =>
        JsonWords.Contains(text) || text.Length is > 0 and <= 18 && text.All(char.IsAsciiDigit) && (text[0] != '0' || text.Length == 1);
}
