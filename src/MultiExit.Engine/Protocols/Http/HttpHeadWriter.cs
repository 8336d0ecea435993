using System.Buffers;
using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>Writes a message head. Its buffer is used again for the next one.</summary>
internal sealed class HttpHeadWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public void Reset() => _buffer.ResetWrittenCount();

    public void RequestLine(string method, string target)
    {
        Text(method);
        _buffer.Write(" "u8);
        Text(target);
        _buffer.Write(" HTTP/1.1\r\n"u8);
    }

    public void StatusLine(int status, ReadOnlySpan<byte> reason)
    {
        _buffer.Write("HTTP/1.1 "u8);
        Number(status);
        _buffer.Write(" "u8);
        _buffer.Write(reason);
        _buffer.Write("\r\n"u8);
    }

    public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _buffer.Write(name);
        _buffer.Write(": "u8);
        _buffer.Write(value);
        _buffer.Write("\r\n"u8);
    }

    public void Field(ReadOnlySpan<byte> name, string value)
    {
        _buffer.Write(name);
        _buffer.Write(": "u8);
        Text(value);
        _buffer.Write("\r\n"u8);
    }

    public void Field(ReadOnlySpan<byte> name, long value)
    {
        _buffer.Write(name);
        _buffer.Write(": "u8);
        Number(value);
        _buffer.Write("\r\n"u8);
    }

    /// <summary>The empty line after the fields.</summary>
    public void End() => _buffer.Write("\r\n"u8);

    /// <summary>Bytes after the head.</summary>
    public void Body(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    private void Text(string text) => Encoding.Latin1.GetBytes(text, _buffer);

    private void Number(long value)
    {
        value.TryFormat(_buffer.GetSpan(20), out int written, default, CultureInfo.InvariantCulture);
        _buffer.Advance(written);
    }
}
