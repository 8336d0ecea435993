using System.Buffers.Binary;

namespace MultiExit.Engine.Records;

/// <summary>A record as bytes: its length in all (4), when it started and ended (8 each, as <see cref="RecordColumns.ToTicks"/>; an end of 0 for none),
/// and the value of each of <see cref="RecordColumns.All"/>, a <see cref="CellKind"/> and what belongs to it. Numbers are little-endian. The bytes
/// never leave the process.</summary>
/// <param name="bytes">The record, and whatever follows it.</param>
internal readonly ref struct EncodedRecord(ReadOnlySpan<byte> bytes)
{
    /// <summary>The bytes before the values.</summary>
    public const int HeadLength = sizeof(int) + 2 * sizeof(long);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Length => BinaryPrimitives.ReadInt32LittleEndian(_bytes);

    public long Started => BinaryPrimitives.ReadInt64LittleEndian(_bytes[sizeof(int)..]);

    /// <summary>When it ended; 0 where it does not say.</summary>
    public long Ended => BinaryPrimitives.ReadInt64LittleEndian(_bytes[(sizeof(int) + sizeof(long))..]);

    /// <summary>The values.</summary>
    public ReadOnlySpan<byte> Values => _bytes[HeadLength..Length];

    public static void WriteHead(Span<byte> bytes, int length, long started, long ended)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[sizeof(int)..], started);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[(sizeof(int) + sizeof(long))..], ended);
    }

    /// <summary>Takes the next of <see cref="Values"/>.</summary>
    /// <param name="values">The values that are left.</param>
    /// <param name="value">The bytes of this one: a number, or text.</param>
    public static CellKind Next(ref ReadOnlySpan<byte> values, out ReadOnlySpan<byte> value)
    {
        CellKind kind = (CellKind)values[0];
        values = values[1..];
        int length = 0;
        if (kind == CellKind.Text)
        {
            length = BinaryPrimitives.ReadInt32LittleEndian(values);
            values = values[sizeof(int)..];
        }
        else if (kind != CellKind.Null)
        {
            length = sizeof(long);
        }
        value = values[..length];
        values = values[length..];
        return kind;
    }
}
