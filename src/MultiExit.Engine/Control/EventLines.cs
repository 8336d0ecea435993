using System.Text;

namespace MultiExit.Engine.Control;

/// <summary>The lines of server-sent events, as they come. A line has a limit, so that a peer that never ends one fills no memory.</summary>
/// <param name="stream">What the peer sends.</param>
/// <param name="maxLine">The most bytes of a line.</param>
internal sealed class EventLines(Stream stream, int maxLine)
{
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>The next line, without its end; null at the end of the stream, which drops a line that has none.</summary>
    /// <exception cref="InvalidDataException">The line is too long.</exception>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        int looked = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + looked, _end - _start - looked).IndexOf((byte)'\n');
            if (length >= 0)
            {
                ReadOnlySpan<byte> line = _buffer.AsSpan(_start, looked + length);
                _start += looked + length + 1;
                return Encoding.UTF8.GetString(line.TrimEnd((byte)'\r'));
            }
            looked = _end - _start;
            if (looked > maxLine) throw new InvalidDataException($"a line has more than {maxLine} bytes");
            MakeRoom();
            int count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (count == 0) return null;
            _end += count;
        }
    }

    private void MakeRoom()
    {
        byte[] room = _end - _start > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, _end - _start).CopyTo(room);
        (_buffer, _start, _end) = (room, 0, _end - _start);
    }
}
