using System.Buffers;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>Bytes that wait to be sent, in a rented array that grows.</summary>
internal struct EchOutput
{
    private const int InitialSize = 4096;

    private byte[]? _buffer;
    private int _length;

    public readonly int Length => _length;

    /// <summary>Makes room, so that the array need not grow.</summary>
    public void Reserve(int count)
    {
        if (_buffer is not null && _buffer.Length - _length >= count) return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + count, InitialSize));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Hands the array over; the caller returns it to the pool.</summary>
    public ArraySegment<byte> Take()
    {
        ArraySegment<byte> all = _buffer is null ? default : new(_buffer, 0, _length);
        _buffer = null;
        _length = 0;
        return all;
    }
}
