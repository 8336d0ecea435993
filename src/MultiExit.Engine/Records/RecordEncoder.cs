using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>Makes the bytes of a record as it waits to be written: <see cref="EncodedRecord"/> says how they are. Not thread-safe.</summary>
internal sealed class RecordEncoder
{
    private const int MaxNumber = 1 + sizeof(long);

    [ThreadStatic]
    private static RecordEncoder? _ofThread;

    private byte[] _bytes = new byte[1024];
    private readonly ArrayBufferWriter<byte> _text = new(256);
    private Utf8JsonWriter? _json;
    private int _length;

    /// <summary>The one of this thread; its bytes are those of its last record.</summary>
    public static RecordEncoder OfThread => _ofThread ??= new RecordEncoder();

    /// <summary>The bytes of a record, until the next one is encoded.</summary>
    public ReadOnlySpan<byte> Encode(SessionRecord record)
    {
        _length = EncodedRecord.HeadLength;
        foreach (RecordColumn column in RecordColumns.All) column.Encode(record, this);
        EncodedRecord.WriteHead(_bytes, _length, RecordColumns.ToTicks(record.Started), record.Ended is { } ended ? RecordColumns.ToTicks(ended) : 0);
        return _bytes.AsSpan(0, _length);
    }

    /// <summary>A column's number; null for none.</summary>
    public void Add(long? value)
    {
        if (value is { } number) BinaryPrimitives.WriteInt64LittleEndian(Take(CellKind.Integer, sizeof(long)), number);
        else Take(CellKind.Null, 0);
    }

    /// <summary>A column's number; null for none.</summary>
    public void Add(double? value)
    {
        if (value is { } number) BinaryPrimitives.WriteDoubleLittleEndian(Take(CellKind.Real, sizeof(double)), number);
        else Take(CellKind.Null, 0);
    }

    /// <summary>A column's text; null for none.</summary>
    public void Add(ReadOnlySpan<char> text, bool isNull)
    {
        if (isNull)
        {
            Take(CellKind.Null, 0);
            return;
        }
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> cell = Take(CellKind.Text, sizeof(int) + length);
        BinaryPrimitives.WriteInt32LittleEndian(cell, length);
        Encoding.UTF8.GetBytes(text, cell[sizeof(int)..]);
    }

    /// <summary>A column's text; null for none.</summary>
    public void Add(string? text) => Add(text, text is null);

    /// <summary>A column's address; null for none.</summary>
    public void Add(IPAddress? address)
    {
        Span<byte> text = stackalloc byte[AddressBytes.MaxLength];
        if (address is null) Take(CellKind.Null, 0);
        else AddText(text[..AddressBytes.Format(address, text)]);
    }

    /// <summary>A column's address and port; null for none.</summary>
    public void Add(IPEndPoint? endPoint)
    {
        Span<byte> text = stackalloc byte[AddressBytes.MaxLength];
        if (endPoint is null) Take(CellKind.Null, 0);
        else AddText(text[..AddressBytes.Format(endPoint, text)]);
    }

    /// <summary>The column of attempts; null for none.</summary>
    public void Add(IReadOnlyList<SessionAttempt> attempts)
    {
        if (attempts.Count == 0)
        {
            Take(CellKind.Null, 0);
            return;
        }
        _text.ResetWrittenCount();
        _json ??= RecordJson.CreateWriter(_text);
        _json.Reset(_text);
        SessionJson.WriteAttempts(_json, attempts, withNull: false);
        _json.Flush();
        AddText(_text.WrittenSpan);
    }

    private void AddText(ReadOnlySpan<byte> text)
    {
        Span<byte> cell = Take(CellKind.Text, sizeof(int) + text.Length);
        BinaryPrimitives.WriteInt32LittleEndian(cell, text.Length);
        text.CopyTo(cell[sizeof(int)..]);
    }

    private Span<byte> Take(CellKind kind, int length)
    {
        int start = _length;
        _length += 1 + length;
        if (_length > _bytes.Length - MaxNumber) Array.Resize(ref _bytes, Math.Max(_length + MaxNumber, 2 * _bytes.Length));
        _bytes[start] = (byte)kind;
        return _bytes.AsSpan(start + 1, length);
    }
}
