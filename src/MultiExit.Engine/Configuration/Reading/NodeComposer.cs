using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Makes nodes of YAML (and so of JSON) text.</summary>
/// <remarks>It reads the parser's events one by one and stops at the first thing that a configuration does not need: anchors and
/// aliases (which could expand without bound), tags, a second document, deep nesting. Duplicate keys are collected.</remarks>
internal sealed class NodeComposer
{
    /// <summary>The deepest nesting; the schema needs 6.</summary>
    public const int MaxDepth = 32;

    private readonly Parser _parser;
    // Of an entry of a list, its keys among them, on average; far more than any has.
    private const int NodesOfItem = 100;

    private readonly ErrorList _errors;
    private readonly int _maxItems;
    private readonly long _maxNodes;
    private long _nodes;

    private NodeComposer(string text, ErrorList errors, int maxItems)
    {
        _parser = new Parser(new StringReader(text));
        _errors = errors;
        _maxItems = maxItems;
        _maxNodes = maxItems == int.MaxValue ? long.MaxValue : (long)NodesOfItem * (maxItems + 1);
    }

    /// <summary>Reads a document.</summary>
    /// <param name="text">The document.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="maxItems">The most entries where it is a list. Nothing is made of more: a node takes some fifty times the memory of its text.</param>
    /// <returns>Its root; null when it is empty or could not be read to the end.</returns>
    public static ConfigNode? Compose(string text, ErrorList errors, int maxItems = int.MaxValue)
    {
        if (!DocumentText.Check(text, errors)) return null;
        NodeComposer composer = new(DocumentText.WithoutJsonTabs(text), errors, maxItems);
        try
        {
            return composer.ReadDocument();
        }
        catch (DocumentException e)
        {
            errors.Add(DocumentText.Within(text, e.Place.Line, e.Place.Column) with { Path = e.Place.Path }, e.Message);
        }
        catch (YamlException e)
        {
            errors.Add(DocumentText.Within(text, (int)e.Start.Line, (int)e.Start.Column), SyntaxMessage.From(e));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The scanner has no exception of its own for some malformed text; then the place is the last thing it read.
            Mark last = composer._parser.Current?.Start ?? Mark.Empty;
            errors.Add(DocumentText.Within(text, (int)last.Line, (int)last.Column), "not valid YAML or JSON; the fault is here or soon behind it");
        }
        return null;
    }

    private ConfigNode? ReadDocument()
    {
        Next<StreamStart>();
        if (_parser.Current is StreamEnd) return null;
        Next<DocumentStart>();
        ConfigNode root = ReadNode("", 0);
        Next<DocumentEnd>();
        if (_parser.Current is DocumentStart)
            throw new DocumentException(PlaceOf(_parser.Current, ""), "a second document starts here; a configuration is one document");
        return root;
    }

    private ConfigNode ReadNode(string path, int depth)
    {
        ParsingEvent current = _parser.Current!;
        SourcePlace place = PlaceOf(current, path);
        if (current is AnchorAlias) throw new DocumentException(place, "aliases (*name) are not supported; write the value out");
        if (current is NodeEvent node)
        {
            if (!node.Anchor.IsEmpty) throw new DocumentException(place, "anchors (&name) are not supported; write the value where it is used");
            if (!node.Tag.IsEmpty) throw new DocumentException(place, "tags (!name) are not supported; write the value alone, in quotes if need be");
        }
        if (++_nodes > _maxNodes) throw new DocumentException(place with { Path = "" }, $"there is more here than {_maxItems} entries have");
        if (depth > MaxDepth) throw new DocumentException(place, $"nested more than {MaxDepth} levels deep");
        return current switch
        {
            Scalar scalar => ReadScalar(scalar, place),
            SequenceStart => ReadList(place, depth),
            MappingStart => ReadMap(place, depth),
            _ => throw new DocumentException(place, "not valid YAML or JSON"),
        };
    }

    private ScalarNode ReadScalar(Scalar scalar, SourcePlace place)
    {
        _parser.MoveNext();
        return new(place, scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private ListNode ReadList(SourcePlace place, int depth)
    {
        Next<SequenceStart>();
        List<ConfigNode> items = [];
        while (_parser.Current is not SequenceEnd)
        {
            if (depth == 0 && items.Count == _maxItems)
                throw new DocumentException(PlaceOf(_parser.Current!, ""), $"there are more than {_maxItems} exits (`max`)");
            items.Add(ReadNode(place.PathOf(items.Count), depth + 1));
        }
        Next<SequenceEnd>();
        return new(place, items);
    }

    private MapNode ReadMap(SourcePlace place, int depth)
    {
        Next<MappingStart>();
        List<MapEntry> entries = [];
        Dictionary<string, SourcePlace> seen = new(StringComparer.Ordinal);
        while (_parser.Current is not MappingEnd)
        {
            SourcePlace keyPlace = PlaceOf(_parser.Current!, place.Path);
            if (_parser.Current is not (Scalar or AnchorAlias)) throw new DocumentException(keyPlace, "a key must be plain text");
            ScalarNode key = (ScalarNode)ReadNode(place.Path, depth + 1);
            keyPlace = keyPlace with { Path = place.PathOf(key.Text) };
            ConfigNode value = ReadNode(keyPlace.Path, depth + 1);
            // Where a key has no value, the parser is already at the next token, perhaps lines further down.
            if (value is ScalarNode { IsPlain: true, Text: "" }) value = value with { Place = keyPlace };
            if (seen.TryAdd(key.Text, keyPlace)) entries.Add(new(key.Text, keyPlace, value));
            else _errors.Add(keyPlace, $"duplicate key; it stands already in line {seen[key.Text].Line}");
        }
        Next<MappingEnd>();
        return new(place, entries);
    }

    private void Next<T>()
        where T : ParsingEvent
    {
        if (_parser.Current is null) _parser.MoveNext();
        if (_parser.Current is not T) throw new DocumentException(new(1, 1, ""), "not valid YAML or JSON");
        _parser.MoveNext();
    }

    private static SourcePlace PlaceOf(ParsingEvent at, string path) => new((int)at.Start.Line, (int)at.Start.Column, path);
}
