using System.Buffers;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Transport;

/// <summary>Reads a handshake of unknown length without losing the bytes that a peer sent after it.</summary>
/// <remarks>Used as: try to parse <see cref="Unread"/>; when it is not complete, <see cref="ReadMoreAsync"/>; otherwise
/// <see cref="Advance"/> and, when the handshake is over, <see cref="Detach"/>. The buffer is rented and goes back on Detach.</remarks>
internal sealed class HandshakeReader(DuplexStream stream) : IDisposable
{
    private const int InitialSize = 1024;
    private byte[]? _buffer;
    private int _start;
    private int _end;

    public DuplexStream Stream { get; } = stream;

    /// <summary>Whether the peer has sent anything.</summary>
    public bool HasRead { get; private set; }

    /// <summary>The bytes read and not yet consumed.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>The same as memory, valid until the next call.</summary>
    public ReadOnlyMemory<byte> UnreadMemory => _buffer.AsMemory(_start, _end - _start);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_end - _start));
        _start += count;
    }

    /// <summary>Reads at least one more byte.</summary>
    /// <param name="limit">The most bytes that may be unread; a message longer than this is the peer's fault.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="ProxyException">The limit is reached.</exception>
    public async ValueTask<bool> ReadMoreAsync(int limit, CancellationToken cancellationToken)
    {
        int unread = _end - _start;
        if (unread >= limit) throw new ProxyException(ProxyError.ProtocolViolation, $"the message is longer than {limit} bytes");
        // No buffer is rented while the peer sends nothing.
        if (unread == 0)
        {
            Release();
            await Stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        }
        MakeRoom(limit);
        int read = await Stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        HasRead |= read > 0;
        return read > 0;
    }

    /// <summary>Reads into a buffer of the given size, for bulk data after a handshake. Call it only with nothing unread.</summary>
    /// <returns>False at the end of the stream.</returns>
    public async ValueTask<bool> FillAsync(int size, CancellationToken cancellationToken)
    {
        // A full buffer promises more at once; otherwise no buffer is held while the peer sends nothing.
        bool bulk = _buffer is not null && _buffer.Length >= size && _end == _buffer.Length;
        if (!bulk)
        {
            Release();
            await Stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            _buffer = ArrayPool<byte>.Shared.Rent(size);
        }
        _start = _end = 0;
        _end = await Stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
        return _end > 0;
    }

    /// <summary>The stream from the first unread byte on. The reader gives its buffer back and is not used again.</summary>
    public DuplexStream Detach()
    {
        DuplexStream result = _end == _start ? Stream : new PrefixedStream(Unread.ToArray(), Stream);
        Release();
        return result;
    }

    public void Dispose() => Release();

    private void MakeRoom(int limit)
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Min(InitialSize, limit));
            _start = _end = 0;
            return;
        }
        if (_end < _buffer.Length) return;
        int unread = _end - _start;
        byte[] target = unread > _buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(_buffer.Length * 2) : _buffer;
        Unread.CopyTo(target);
        if (target != _buffer) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = target;
        _start = 0;
        _end = unread;
    }

    private void Release()
    {
        byte[]? buffer = _buffer;
        _buffer = null;
        _start = _end = 0;
        if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer, clearArray: true); // it may have held a password
    }
}
