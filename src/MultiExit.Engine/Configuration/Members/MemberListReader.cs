using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Configuration.Members;

/// <summary>Reads a list of exits: a URL a line, with <c>#</c> and a name behind it, or a YAML or JSON list of URLs and of mappings with the keys of an
/// exit.</summary>
internal sealed class MemberListReader
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly List<MemberEntry> _entries = [];
    private readonly ReadContext _context;
    private readonly int _max;

    private MemberListReader(ReadContext context, int max) => (_context, _max) = (context, max);

    /// <summary>Reads a list. It is valid to its end, or refused as a whole.</summary>
    /// <param name="text">The list.</param>
    /// <param name="file">The file that it is in, which relative paths are relative to; null: it is from elsewhere and may name no files.</param>
    /// <param name="max">The most entries.</param>
    /// <exception cref="FormatException">It is not valid; the message has the line and the reason, and no secret.</exception>
    public static IReadOnlyList<MemberEntry> Read(string text, string? file, int max)
    {
        MemberListReader list = new(new ReadContext(file, file) { RefersToNothing = file is null }, max);
        if (IsDocument(text)) list.ReadDocument(text);
        else list.ReadLines(text);
        return list._entries;
    }

    private static bool IsDocument(string text)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> content = line.Trim();
            if (content.IsEmpty || content[0] == '#') continue;
            return content[0] is '[' or '{' or '-';
        }
        return false;
    }

    private void ReadLines(string text)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> each in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> line = each.Trim();
            if (line.IsEmpty || line[0] == '#') continue;
            int hash = line.IndexOf('#');
            string? name = hash < 0 ? null : line[(hash + 1)..].Trim().ToString();
            string url = (hash < 0 ? line : line[..hash].TrimEnd()).ToString();
            Add(MemberReader.Read(url, new SourcePlace(number, 1, ""), name, _context), number);
        }
    }

    private void ReadDocument(string text)
    {
        ConfigNode? root = NodeComposer.Compose(text, _context.Errors, _max);
        Check(0);
        if (root is not ListNode list) throw Fault(1, $"found {root?.Kind ?? "nothing"}; expected a list of URLs and of mappings with the keys of an exit");
        foreach (ConfigNode item in list.Items)
        {
            Add(item switch
            {
                MapNode map => MemberReader.Read(map, null, _context),
                ScalarNode { IsNull: false } url => MemberReader.Read(url.Text, url.Place, null, _context),
                _ => throw Fault(item.Place.Line, $"found {item.Kind}; expected a URL, or a mapping with the keys of an exit"),
            }, item.Place.Line);
        }
    }

    private void Add(MemberEntry? entry, int line)
    {
        Check(line);
        if (_entries.Count == _max) throw Fault(line, $"there are more than {CountText.Of(_max, "exit")} (`max`)");
        if (!_names.TryAdd(entry!.Name, line)) throw Fault(line, $"{ErrorText.Quote(entry.Name)} is the name of the exit of line {_names[entry.Name]} already");
        _entries.Add(entry);
    }

    private void Check(int line)
    {
        if (_context.Errors.Count == 0 || _context.Errors.InFileOrder() is not [ConfigError first, ..]) return;
        throw Fault(first.Line > 0 ? first.Line : line, first.Path.Length == 0 ? first.Message : $"{first.Path}: {first.Message}");
    }

    private static FormatException Fault(int line, string reason) => new($"line {line}: {reason}");
}
