using System.Buffers;

namespace MultiExit.Engine.Transport;

/// <summary>Gathers octets in a rented array, which goes back when it is disposed. Not thread-safe.</summary>
/// <param name="capacity">How many octets are expected.</param>
internal sealed class PooledWriter(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    /// <summary>What was written; until it is disposed.</summary>
    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array!.Length - _length));
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int needed = _length + Math.Max(sizeHint, 1);
        if (needed > _array!.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _array.Length));
            Written.CopyTo(larger);
            Return(_array);
            _array = larger;
        }
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        if (_array is { } array) Return(array);
        (_array, _length) = (null, 0);
    }

    // Whoever rents it next does not see what was written.
    private void Return(byte[] array)
    {
        array.AsSpan(0, _length).Clear();
        ArrayPool<byte>.Shared.Return(array);
    }
}
