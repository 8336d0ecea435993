using MultiExit.Engine.Configuration.Reading;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>Finds where the values of a document stand. The document is one that <see cref="NodeComposer"/> has read without a fault.</summary>
internal sealed class LayoutReader
{
    private readonly string _text;
    private readonly Parser _parser;

    private LayoutReader(string text)
    {
        _text = text;
        // Of the same length, so that the offsets hold.
        _parser = new Parser(new StringReader(DocumentText.WithoutJsonTabs(text)));
    }

    public static LayoutNode Read(string text)
    {
        LayoutReader reader = new(text);
        reader._parser.Consume<StreamStart>();
        reader._parser.Consume<DocumentStart>();
        return reader.ReadNode();
    }

    private LayoutNode ReadNode()
    {
        if (_parser.TryConsume<MappingStart>(out var map)) return ReadMap(map);
        if (_parser.TryConsume<SequenceStart>(out var list)) return ReadList(list);
        Scalar scalar = _parser.Consume<Scalar>();
        int start = (int)scalar.Start.Index;
        return new LayoutNode(start, EndOf(start, (int)scalar.End.Index), Style: scalar.Style);
    }

    private LayoutNode ReadMap(MappingStart map)
    {
        List<LayoutElement> entries = [];
        while (!_parser.Accept<MappingEnd>(out _))
        {
            Scalar key = _parser.Consume<Scalar>();
            int colon = _text.AsSpan((int)key.End.Index).TrimStart() is [':', ..] ? _text.IndexOf(':', (int)key.End.Index) + 1 : (int)key.End.Index;
            entries.Add(new LayoutElement((int)key.Start.Index, colon, Behind(colon, ReadNode())));
        }
        return Collection((int)map.Start.Index, (int)_parser.Consume<MappingEnd>().Start.Index + 1, entries, isList: false, map.Style == MappingStyle.Flow);
    }

    private LayoutNode ReadList(SequenceStart list)
    {
        bool isFlow = list.Style == SequenceStyle.Flow;
        List<LayoutElement> items = [];
        while (!_parser.Accept<SequenceEnd>(out _))
        {
            LayoutNode item = ReadNode();
            int dash = isFlow ? -1 : _text.AsSpan(0, item.Start).TrimEnd().Length - 1;
            bool isDash = dash >= 0 && _text[dash] == '-';
            items.Add(isDash ? new LayoutElement(dash, dash + 1, Behind(dash + 1, item)) : new LayoutElement(item.Start, item.Start, item));
        }
        return Collection((int)list.Start.Index, (int)_parser.Consume<SequenceEnd>().Start.Index + 1, items, isList: true, isFlow);
    }

    // What closes it is one character.
    private static LayoutNode Collection(int start, int end, List<LayoutElement> elements, bool isList, bool isFlow) =>
        isFlow || elements.Count == 0 ? new(start, end, elements, isList, isFlow) : new(elements[0].Start, elements[^1].End, elements, isList);

    // Where nothing is written the parser is already at the next token, perhaps lines further down.
    private static LayoutNode Behind(int from, LayoutNode value) =>
        value.Elements is null && value.Start == value.End ? value with { Start = from, End = from } : value;

    // The text of a block ends where its last line does.
    private int EndOf(int start, int end) => start + _text.AsSpan(start, end - start).TrimEnd().Length;
}
