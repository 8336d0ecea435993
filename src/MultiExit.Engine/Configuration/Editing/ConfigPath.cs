using System.Globalization;
using System.Text.Json;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>The path of a key: <c>exits[wan1].weight</c>, <c>routes[0].exit</c>, <c>limits.users["a.b"].quota</c>. Edits take the paths
/// that comparisons print.</summary>
/// <remarks>A key of letters, digits, _ and -, at most 64, stands as it is; any other as a JSON string in brackets. An item stands in
/// brackets with its name (as a JSON string when the schema would not allow the name, or it is all digits), or with its number from 0.</remarks>
public static class ConfigPath
{
    private const int MaxLength = 4096;
    private const int MaxPlainKey = 64;

    /// <summary>The path of a key beneath another.</summary>
    public static string Append(string path, string key) =>
        !IsPlainKey(key) ? $"{path}[{QuotedText.Of(key)}]" : path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>The path of a named item of a list.</summary>
    public static string AppendName(string path, string name) =>
        NameText.IsValid(name) && !name.All(char.IsAsciiDigit) ? $"{path}[{name}]" : $"{path}[{QuotedText.Of(name)}]";

    /// <summary>The path of an item of a list.</summary>
    public static string AppendIndex(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>Reads a path.</summary>
    /// <exception cref="DocumentException">The text is not a valid path.</exception>
    internal static IReadOnlyList<PathStep> Parse(string path)
    {
        if (path.Length > MaxLength) throw Fault("", $"a path has at most {MaxLength} characters");
        List<PathStep> steps = [];
        int at = 0;
        while (at < path.Length)
        {
            if (steps.Count == NodeComposer.MaxDepth) throw Fault(path, $"a path has at most {NodeComposer.MaxDepth} steps");
            if (path[at] == '[')
            {
                steps.Add(ReadBrackets(path, ref at));
                continue;
            }
            if (steps.Count > 0 && path[at++] != '.') throw Malformed(path, at);
            int end = at;
            while (end < path.Length && IsPlain(path[end])) end++;
            if (end == at) throw Malformed(path, at + 1);
            steps.Add(PathStep.OfKey(path[at..end]));
            at = end;
        }
        return steps.Count > 0 ? steps : throw Malformed(path, 1);
    }

    internal static DocumentException Fault(string path, string message) => new(new SourcePlace(0, 0, path), message);

    private static PathStep ReadBrackets(string path, ref int at)
    {
        int start = at + 1;
        bool quoted = start < path.Length && path[start] == '"';
        int end = quoted ? EndOfQuoted(path, start) : path.IndexOf(']', start);
        if (end <= start || end >= path.Length || path[end] != ']') throw Malformed(path, at + 1);
        string inside = path[start..end];
        at = end + 1;
        if (quoted) return PathStep.OfQuoted(Unquote(path, inside, start));
        if (inside.All(char.IsAsciiDigit))
            return int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                ? PathStep.OfIndex(index)
                : throw Malformed(path, start + 1);
        return NameText.IsValid(inside) ? PathStep.OfName(inside) : throw Malformed(path, start + 1);
    }

    private static int EndOfQuoted(string path, int start)
    {
        int at = start + 1;
        while (at < path.Length && path[at] != '"') at += path[at] == '\\' ? 2 : 1;
        return at + 1;
    }

    private static string Unquote(string path, string quoted, int start)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(quoted)!;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Malformed(path, start + 1);
        }
    }

    private static bool IsPlainKey(string key) => key.Length is > 0 and <= MaxPlainKey && key.All(IsPlain);

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private static DocumentException Malformed(string path, int column) => Fault(ErrorText.Clean(path),
        $"not a path at character {column}; expected one such as limits.connections, exits[wan1].weight or limits.users[\"a.b\"].quota");
}
