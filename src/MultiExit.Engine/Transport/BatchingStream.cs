using System.Buffers;
using System.Runtime.CompilerServices;

namespace MultiExit.Engine.Transport;

/// <summary>The connection beneath a TLS layer, which asks for one record at a time and sends one at a time: reads ahead what has come, and sends the
/// records of one write together.</summary>
/// <remarks>Small messages pass as they are: it reads ahead only behind a read that was filled whole. It holds a buffer only while bytes are in it, never
/// while it waits for the peer.</remarks>
internal sealed class BatchingStream(DuplexStream inner) : DuplexStream
{
    /// <summary>The most bytes that are read ahead.</summary>
    public const int MostAhead = 128 * 1024;

    /// <summary>The most bytes of records that are sent together.</summary>
    public const int MostGathered = 128 * 1024;

    private const int FirstAhead = 64 * 1024;

    // Less than a record is no stream of them.
    private const int LeastAhead = 16 * 1024;

    private readonly Lock _lock = new();
    private byte[]? _ahead;
    private int _aheadStart;
    private int _aheadEnd;
    private int _aheadSize; // of the next read ahead; 0: none
    private byte[]? _gathered;
    private int _gatheredLength;
    private volatile bool _broken;
    private volatile bool _closed;

    /// <summary>Whether bytes were read ahead that no read has taken yet.</summary>
    public bool HasAhead => Volatile.Read(ref _ahead) is not null;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TryTakeAhead(buffer.Span, out int taken)) return new(taken);
        if (buffer.IsEmpty) return inner.ReadAsync(buffer, cancellationToken);
        return _aheadSize == 0 ? ReadDirectlyAsync(buffer, cancellationToken) : ReadAheadAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_broken) throw new IOException("an earlier write was cut off in the middle of a record");
        bool full = false;
        lock (_lock)
        {
            if (_gathered is not null)
            {
                full = _gathered.Length - _gatheredLength < buffer.Length;
                if (!full)
                {
                    buffer.Span.CopyTo(_gathered.AsSpan(_gatheredLength));
                    _gatheredLength += buffer.Length;
                    return default;
                }
            }
        }
        return full ? SendThenWriteAsync(buffer, cancellationToken) : inner.WriteAsync(buffer, cancellationToken);
    }

    /// <summary>What is written from here on gathers, until <see cref="SendGatheredAsync"/>. For the one writer.</summary>
    /// <param name="expected">How many bytes it will be, about; more are sent in several parts.</param>
    public void Gather(int expected)
    {
        lock (_lock)
        {
            if (!_closed) _gathered ??= ArrayPool<byte>.Shared.Rent(Math.Min(expected, MostGathered));
        }
    }

    /// <summary>Sends what has gathered; the next write is sent at once again.</summary>
    public ValueTask SendGatheredAsync(CancellationToken cancellationToken)
    {
        byte[]? gathered;
        int length;
        lock (_lock)
        {
            (gathered, length) = (_gathered, _gatheredLength);
            (_gathered, _gatheredLength) = (null, 0);
        }
        if (length > 0) return SendAsync(gathered!, length, cancellationToken);
        if (gathered is not null) ArrayPool<byte>.Shared.Return(gathered);
        return default;
    }

    /// <summary>Drops what has gathered, where the write failed. The records behind it would be out of order: nothing is sent any more.</summary>
    public void DropGathered()
    {
        lock (_lock)
        {
            if (_gathered is null) return;
            _broken |= _gatheredLength > 0;
            ArrayPool<byte>.Shared.Return(_gathered);
            (_gathered, _gatheredLength) = (null, 0);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => inner.CompleteWritesAsync(cancellationToken);

    public override void Abort()
    {
        inner.Abort();
        EndReads();
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            EndReads();
        }
        base.Dispose(disposing);
    }

    private bool TryTakeAhead(Span<byte> buffer, out int taken)
    {
        taken = 0;
        lock (_lock)
        {
            ThrowIfClosed();
            if (_ahead is null) return false;
            taken = Math.Min(buffer.Length, _aheadEnd - _aheadStart);
            _ahead.AsSpan(_aheadStart, taken).CopyTo(buffer);
            _aheadStart += taken;
            if (_aheadStart == _aheadEnd) ReleaseAhead();
            return true;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadDirectlyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read == buffer.Length && read >= LeastAhead) _aheadSize = FirstAhead;
        return read;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadAheadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await inner.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        byte[] rented = ArrayPool<byte>.Shared.Rent(_aheadSize);
        // When it fails, the stream beneath may still use the buffer: it is left to the collector.
        int read = await inner.ReadAsync(rented, cancellationToken).ConfigureAwait(false);
        if (read == rented.Length) _aheadSize = Math.Min(2 * _aheadSize, MostAhead);
        else if (read < LeastAhead) _aheadSize = 0;
        int taken = Math.Min(read, buffer.Length);
        rented.AsSpan(0, taken).CopyTo(buffer.Span);
        lock (_lock)
        {
            (_ahead, _aheadStart, _aheadEnd) = (rented, taken, read);
            if (taken == read || _closed) ReleaseAhead();
            ThrowIfClosed();
        }
        return taken;
    }

    private async ValueTask SendThenWriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        int size;
        lock (_lock) size = _gathered?.Length ?? 0;
        await SendGatheredAsync(cancellationToken).ConfigureAwait(false);
        if (size >= buffer.Length) Gather(size);
        await WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(byte[] gathered, int length, CancellationToken cancellationToken)
    {
        try
        {
            await inner.WriteAsync(gathered.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The stream beneath may still use the buffer: it is left to the collector.
            _broken = true;
            throw;
        }
        ArrayPool<byte>.Shared.Return(gathered);
    }

    private void EndReads()
    {
        lock (_lock)
        {
            _closed = true;
            if (_ahead is not null) ReleaseAhead();
        }
    }

    private void ReleaseAhead()
    {
        ArrayPool<byte>.Shared.Return(_ahead!);
        _ahead = null;
    }

    private void ThrowIfClosed()
    {
        if (_closed) throw new IOException("the connection was closed on this side");
    }
}
