using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Remote;

/// <summary>The last lines of what a program writes to its standard error, read as it comes: whoever does not read it holds the program up.</summary>
/// <param name="reader">The standard error.</param>
internal sealed class LastLines(TextReader reader)
{
    private const int Lines = 5;
    private const int MaxLine = 300;

    private readonly Queue<string> _lines = new();
    private readonly Lock _gate = new();

    /// <summary>Reads to the end.</summary>
    public async Task ReadAsync()
    {
        char[] buffer = new char[1024];
        System.Text.StringBuilder line = new();
        try
        {
            while (await reader.ReadAsync(buffer).ConfigureAwait(false) is > 0 and int count)
            {
                foreach (char c in buffer.AsSpan(0, count))
                {
                    if (c == '\n') Take(line);
                    else if (line.Length < MaxLine && c != '\r') line.Append(c);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The program is gone.
        }
        Take(line);
    }

    /// <summary>The lines, with <c>; </c> between them and without control characters; null where there are none.</summary>
    public string? Text
    {
        get
        {
            lock (_gate) return _lines.Count == 0 ? null : string.Join("; ", _lines);
        }
    }

    private void Take(System.Text.StringBuilder line)
    {
        string text = ErrorText.Clean(line.ToString(), MaxLine).Trim();
        line.Clear();
        if (text.Length == 0) return;
        lock (_gate)
        {
            if (_lines.Count == Lines) _lines.Dequeue();
            _lines.Enqueue(text);
        }
    }
}
