namespace MultiExit.Engine.Configuration.Editing;

/// <summary>Makes an edit in the text of a document, and leaves every other character as it is.</summary>
internal sealed class TextEdit
{
    private readonly string _text;
    private readonly TextLines _lines;
    private readonly ValueText _values;
    private readonly LayoutNode _root;
    private readonly EditStep _step;

    private TextEdit(string text, bool json, LayoutNode root, EditStep step)
    {
        _text = text;
        _lines = new TextLines(text);
        _values = new ValueText(json);
        _root = root;
        _step = step;
    }

    /// <summary>The text with the edit.</summary>
    /// <param name="text">The text.</param>
    /// <param name="json">Whether it is JSON and has to stay so.</param>
    /// <param name="step">The edit.</param>
    public static string Apply(string text, bool json, EditStep step) => new TextEdit(text, json, LayoutReader.Read(text), step).Apply();

    private string Apply()
    {
        IEnumerable<int> way = _step.Kind == EditKind.Remove ? _step.Place.SkipLast(1) : _step.Place;
        LayoutNode node = _root;
        LayoutElement? holder = null;
        foreach (int element in way)
        {
            holder = node.Elements![element];
            node = holder.Value;
        }
        return _step.Kind switch
        {
            EditKind.Replace => Replace(holder!, _values.Of(_step.Value!, node.Style)),
            EditKind.Remove => node.Elements!.Count == 1 ? Empty(holder, node)
                : node.IsFlow ? RemoveFlow(node, _step.Place[^1]) : RemoveBlock(node, _step.Place[^1]),
            _ => node.IsFlow ? AddFlow(node) : AddBlock(node),
        };
    }

    private string Replace(LayoutElement holder, string value)
    {
        LayoutNode old = holder.Value;
        if (old.Start < old.End && !(_lines.EndOf(holder.ValueFrom) < old.Start && _lines.IsBlank(holder.ValueFrom, old.Start)))
            return Cut(old.Start, old.End, value);
        // In the line of the key, where no value stands yet or the old value stood beneath.
        return Cut(holder.ValueFrom, old.End, (_text[holder.ValueFrom - 1] is ':' or '-' ? " " : ": ") + value);
    }

    private string AddBlock(LayoutNode node)
    {
        string indent = _lines.IndentOf(node.Start);
        string entry = indent + (node.IsList ? "- " + _values.Of(_step.Value!) : "");
        for (int i = 0; i < _step.Keys.Count; i++)
        {
            entry += i == _step.Keys.Count - 1
                ? _values.Entry(_step.Keys[i], _step.Value!)
                : $"{_values.Key(_step.Keys[i])}:{_lines.Break}{indent}{string.Concat(Enumerable.Repeat(IndentStep(), i + 1))}";
        }
        return Insert(_lines.EndOf(node.End), _lines.Break + entry);
    }

    private string AddFlow(LayoutNode node)
    {
        string entry = node.IsList ? _values.Of(_step.Value!) : _values.Entry(_step.Keys[0], EditPlan.Nest(_step.Keys.Skip(1), _step.Value!));
        int inside = node.Start + 1;
        if (node.Elements is not [.., var last])
        {
            string space = node.IsList ? "" : " ";
            return _lines.IsBlank(inside, node.End - 1) ? Cut(inside, node.End - 1, space + entry + space) : Insert(inside, space + entry + " ");
        }
        int comma = CommaBehind(node, last);
        if (!_lines.Begins(last.Start) || !_lines.EndsLine(comma < 0 ? last.End : comma + 1)) return Insert(last.End, ", " + entry);
        int lineEnd = _lines.EndOf(comma < 0 ? last.End : comma);
        string line = _lines.Break + _lines.IndentOf(last.Start) + entry;
        return comma < 0
            ? $"{_text[..last.End]},{_text[last.End..lineEnd]}{line}{_text[lineEnd..]}"
            : Insert(lineEnd, line + ",");
    }

    private string RemoveBlock(LayoutNode node, int element)
    {
        LayoutElement gone = node.Elements![element];
        if (_lines.Begins(gone.Start)) return CutLines(gone.Start, gone.End);
        // After a dash: the next line moves up.
        int next = element + 1 < node.Elements.Count ? node.Elements[element + 1].Start : gone.End;
        return Cut(gone.Start, _lines.IsBlank(gone.End, next) ? next : gone.End, "");
    }

    private string RemoveFlow(LayoutNode node, int element)
    {
        LayoutElement gone = node.Elements![element];
        int comma = CommaBehind(node, gone);
        int end = comma < 0 ? gone.End : comma + 1;
        bool isLast = element == node.Elements.Count - 1;
        if (!isLast)
        {
            if (_lines.Begins(gone.Start) && _lines.EndsLine(end)) return CutLines(gone.Start, end);
            int next = node.Elements[element + 1].Start;
            return Cut(gone.Start, _lines.IsBlank(end, next) ? next : end, "");
        }
        LayoutElement previous = node.Elements[element - 1];
        int commaBefore = CommaBehind(node, previous);
        if (commaBefore >= 0 && _lines.IsBlank(previous.End, commaBefore) && _lines.IsBlank(commaBefore + 1, gone.Start))
            return Cut(previous.End, gone.End, "");
        // A comment stands between; YAML lets the comma in front of it end the list.
        return _lines.Begins(gone.Start) && _lines.EndsLine(end) ? CutLines(gone.Start, end) : Cut(gone.Start, end, "");
    }

    // The last element is removed: {} or [] is left.
    private string Empty(LayoutElement? holder, LayoutNode node)
    {
        LayoutElement gone = node.Elements![0];
        string nothing = node.IsList ? "[]" : "{}";
        if (node.IsFlow)
        {
            int comma = CommaBehind(node, gone);
            int end = comma < 0 ? gone.End : comma + 1;
            return _lines.IsBlank(node.Start + 1, gone.Start) && _lines.IsBlank(end, node.End - 1)
                ? Cut(node.Start, node.End, nothing)
                : Cut(gone.Start, end, "");
        }
        // A list may stand as far left as its key; a value in brackets may not.
        return holder is not null && _lines.IsBlank(holder.ValueFrom, node.Start)
            ? Cut(holder.ValueFrom, node.End, " " + nothing)
            : Cut(node.Start, node.End, (node.IsList ? " " : "") + nothing);
    }

    private int CommaBehind(LayoutNode node, LayoutElement element)
    {
        int at = _lines.Skip(element.End, node.End - 1);
        return at < node.End - 1 && _text[at] == ',' ? at : -1;
    }

    // The indent of a mapping relative to the one that holds it, as the document has it elsewhere.
    private string IndentStep()
    {
        if (_root is not { IsFlow: false, Elements: { } entries }) return "  ";
        foreach (LayoutElement entry in entries)
        {
            if (entry.Value is { IsFlow: false, IsList: false, Elements: not null }
                && _lines.Begins(entry.Value.Start) && _lines.IndentOf(entry.Value.Start) is { Length: > 0 } indent)
                return indent;
        }
        return "  ";
    }

    private string CutLines(int from, int to)
    {
        int start = _lines.StartOf(from);
        int end = _lines.Next(to);
        // The last line has no break of its own.
        if (end == _text.Length && !_text.EndsWith('\n') && start > 0)
        {
            start--;
            if (start > 0 && _text[start - 1] == '\r') start--;
        }
        return Cut(start, end, "");
    }

    private string Insert(int place, string added) => _text.Insert(place, added);

    private string Cut(int from, int to, string instead) => string.Concat(_text.AsSpan(0, from), instead, _text.AsSpan(to));
}
