using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MultiExit.Engine.Tests.Configuration.Editing;

/// <summary>A valid configuration with random users and exits, written by chance in block style, in braces or as JSON, with remarks.</summary>
internal sealed class RandomDocument
{
    private const string Signs = "abz09 .:#'\"\\{}[]&*!|>%@`,-?~=é漢/_";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Random _random;
    private readonly bool _json;
    private int _remarks;

    public RandomDocument(int seed)
    {
        _random = new Random(seed);
        _json = _random.Next(4) == 0;
        Users = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(i => $"{i}{Word()}".Replace(":", "", StringComparison.Ordinal))];
        Exits = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(i => _random.Next(2) == 0 ? $"{i + 1}" : $"wan.{i}-x:y")];
        Dictionary<string, object> limits = new() { ["connections"] = 10 };
        if (_random.Next(2) == 0) limits["users"] = Users.ToDictionary(user => user, object (_) => new Dictionary<string, object> { ["connections"] = 3 });
        LimitedUsers = limits.ContainsKey("users") ? Users : [];
        Text = Write(new Dictionary<string, object>
        {
            ["inbounds"] = new[]
            {
                new Dictionary<string, object>
                {
                    ["name"] = "in", ["type"] = "mixed", ["listen"] = "127.0.0.1:0",
                    ["users"] = Users.ToDictionary(user => user, object (_) => new Dictionary<string, object> { ["password"] = "p" + Word() }),
                },
            },
            ["limits"] = limits,
            ["exits"] = Exits.Select(exit => new Dictionary<string, object> { ["name"] = exit, ["type"] = "direct", ["weight"] = 2 }).ToArray(),
        });
    }

    public string[] Users { get; }

    public string[] LimitedUsers { get; }

    public string[] Exits { get; }

    public string Text { get; }

    public string Word() => string.Concat(Enumerable.Range(0, _random.Next(1, 12)).Select(_ => Signs[_random.Next(Signs.Length)]));

    public T Choose<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    public int Next(int max) => _random.Next(max);

    private string Write(Dictionary<string, object> root)
    {
        if (_json) return JsonSerializer.Serialize(root, _random.Next(2) == 0 ? JsonSerializerOptions.Default : Indented);
        StringBuilder text = new();
        Block(text, root, "");
        string written = text.ToString();
        if (_random.Next(3) == 0) written = written.Replace("\n", "\r\n", StringComparison.Ordinal);
        return _random.Next(3) == 0 ? written.TrimEnd() : written;
    }

    private void Block(StringBuilder text, Dictionary<string, object> map, string indent, bool afterDash = false)
    {
        foreach ((string key, object value) in map)
        {
            if (!afterDash) text.Append(_random.Next(4) == 0 ? $"{indent}{Remark()}\n" : "").Append(indent);
            afterDash = false;
            text.Append(Quoted(key)).Append(':');
            Value(text, value, indent);
        }
    }

    private void Value(StringBuilder text, object value, string indent)
    {
        switch (value)
        {
            case Dictionary<string, object> map when _random.Next(2) == 0:
                text.Append(EndOfLine());
                Block(text, map, indent + (_random.Next(2) == 0 ? "  " : "    "));
                break;
            case Dictionary<string, object>[] list when _random.Next(3) != 0:
                text.Append(EndOfLine());
                string deeper = indent + (_random.Next(2) == 0 ? "" : "  ");
                foreach (Dictionary<string, object> item in list)
                {
                    text.Append(deeper).Append("- ");
                    Block(text, item, deeper + "  ", afterDash: true);
                }
                break;
            default:
                text.Append(' ').Append(Flow(value)).Append(EndOfLine());
                break;
        }
    }

    private string Flow(object value) => value switch
    {
        Dictionary<string, object> map =>
            $"{{ {string.Join(", ", map.Select(entry => $"{Quoted(entry.Key)}: {Flow(entry.Value)}"))}{(_random.Next(4) == 0 ? "," : "")} }}",
        Dictionary<string, object>[] list => $"[{string.Join(", ", list.Select(Flow))}]",
        int number => number.ToString(CultureInfo.InvariantCulture),
        _ => Quoted((string)value),
    };

    private string Quoted(string text)
    {
        if (text.Length < 20 && text.All(char.IsAsciiLetter)) return text;
        return _random.Next(2) == 0 ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'" : JsonSerializer.Serialize(text);
    }

    private string EndOfLine() => _random.Next(4) == 0 ? $" {Remark()}\n" : "\n";

    private string Remark() => $"# remark {_remarks++} {{, [";
}
