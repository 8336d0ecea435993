
namespace MultiExit.Engine.Sources;

/// <summary>The lines of a set, one at a time, without the blanks around them. A line has a limit, whatever the content is.</summary>
internal sealed class LineReader(Stream stream)
{
    private const int MaxLine = 4096;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line; it is valid until the next is read.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="SourceFaultException">The line is too long.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int length = rest.IndexOf((byte)'\n');
            if (length > MaxLine || length < 0 && rest.Length > MaxLine) throw new SourceFaultException(Line + 1, $"it has more than {MaxLine} bytes");
            if (length >= 0 || _isAtEnd)
            {
                if (length < 0 && rest.Length == 0)
                {
                    line = default;
                    return false;
                }
                if (length < 0) length = rest.Length;
                _start = Math.Min(_start + length + 1, _end);
                line = rest[..length].Trim(" \t\r"u8);
                if (++Line == 1 && line.StartsWith("\uFEFF"u8)) line = line[3..];
                return true;
            }
            Fill();
        }
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        if (read == 0) _isAtEnd = true;
        _end += read;
    }
}
