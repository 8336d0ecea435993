namespace MultiExit.Engine.Configuration.Editing;

/// <summary>The lines of a text.</summary>
internal sealed class TextLines(string text)
{
    /// <summary>The line break of the text.</summary>
    public string Break { get; } = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    /// <summary>Where the line begins that a place is in.</summary>
    public int StartOf(int place) => place == 0 ? 0 : text.LastIndexOf('\n', place - 1) + 1;

    /// <summary>Where the line ends that a place is in, in front of its break.</summary>
    public int EndOf(int place)
    {
        int end = text.AsSpan(place).IndexOfAny('\r', '\n');
        return end < 0 ? text.Length : place + end;
    }

    /// <summary>Where the next line begins.</summary>
    public int Next(int place)
    {
        int end = text.IndexOf('\n', place);
        return end < 0 ? text.Length : end + 1;
    }

    /// <summary>Whether nothing stands in front of a place in its line.</summary>
    public bool Begins(int place) => IsBlank(StartOf(place), place);

    /// <summary>White space as wide as the text in front of a place in its line.</summary>
    public string IndentOf(int place)
    {
        int start = StartOf(place);
        return string.Concat(text.AsSpan(start, place - start).ToString().Select(c => c == '\t' ? '\t' : ' '));
    }

    /// <summary>Whether nothing but white space stands between two places.</summary>
    public bool IsBlank(int from, int to) => text.AsSpan(from, to - from).IsWhiteSpace();

    /// <summary>The first character from a place on that is neither white space nor a comment; at most the end.</summary>
    public int Skip(int place, int end)
    {
        while (place < end)
        {
            if (text[place] == '#') place = EndOf(place);
            else if (char.IsWhiteSpace(text[place])) place++;
            else break;
        }
        return Math.Min(place, end);
    }

    /// <summary>Whether nothing but a comment follows a place in its line.</summary>
    public bool EndsLine(int place)
    {
        int end = EndOf(place);
        return end < text.Length && Skip(place, end) == end;
    }
}
