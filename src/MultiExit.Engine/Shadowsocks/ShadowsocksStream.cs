using System.Buffers;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Shadowsocks;

/// <summary>A connection of Shadowsocks over another one. Its directions end with those of the other: the protocol has no end of its own.</summary>
/// <param name="inner">The connection beneath.</param>
/// <param name="sealer">Makes the octets to send.</param>
/// <param name="opener">Opens those that come.</param>
/// <param name="first">Bytes that were opened already.</param>
internal sealed class ShadowsocksStream(DuplexStream inner, ShadowsocksSealer sealer, ShadowsocksOpener opener, ReadOnlyMemory<byte> first = default)
    : DuplexStream
{
    private const int SmallBuffer = 16 * 1024;
    private const int LargeBuffer = 128 * 1024;
    private const int Overhead = 512;
    private const int Idle = 0;
    private const int Reading = 1;
    private const int Closed = 2;
    private const int LargestElement = 0xFFFF + ShadowsocksMethods.TagLength;

    private ReadOnlyMemory<byte> _opened = first;
    private byte[]? _buffer; // octets that came: opened ones from _opened, then those from _start to _end
    private int _start;
    private int _end;
    private int _used; // how much of the buffer has had octets of this connection
    private IOException? _broken; // behind bytes that were good
    private int _size = SmallBuffer;
    private int _reader;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        (await TryReadAsync(buffer, cancellationToken).ConfigureAwait(false)).CountOrThrow();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<StreamRead> TryReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref _reader, Reading, Idle) != Idle) return new StreamRead(0, new IOException("the connection was closed"));
        try
        {
            while (true)
            {
                int count = TakeOpened(buffer.Span);
                if (count > 0 || !_opened.IsEmpty) return new StreamRead(count);
                StreamRead more = await ReadMoreAsync(cancellationToken).ConfigureAwait(false);
                if (more.Count == 0) return more;
            }
        }
        catch (IOException exception)
        {
            return new StreamRead(0, exception);
        }
        finally
        {
            if (Interlocked.CompareExchange(ref _reader, Idle, Reading) != Reading) Release();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            using PooledWriter sealedBytes = new(Math.Min(buffer.Length, LargestElement) + Overhead);
            int taken = Seal(buffer.Span, sealedBytes);
            await inner.WriteAsync(sealedBytes.Written, cancellationToken).ConfigureAwait(false);
            buffer = buffer[taken..];
        }
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => inner.CompleteWritesAsync(cancellationToken);

    public override void Abort() => inner.Abort();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        ReleaseAll();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            ReleaseAll();
        }
        base.Dispose(disposing);
    }

    // Opens as much as is there and fits. What does not fit as a whole is opened at its place, and stays there until it was taken.
    private int TakeOpened(Span<byte> target)
    {
        if (_broken is not null) throw _broken;
        int taken = 0;
        while (true)
        {
            int count = Math.Min(target.Length - taken, _opened.Length);
            _opened.Span[..count].CopyTo(target[taken..]);
            _opened = _opened[count..];
            taken += count;
            if (!_opened.IsEmpty || _buffer is null || _end - _start < opener.Next) return taken;
            bool fits = opener.Payload <= target.Length - taken;
            if (!fits && taken > 0) return taken;
            Memory<byte> element = _buffer.AsMemory(_start, opener.Next);
            _start += element.Length;
            try
            {
                int opened = Open(element.Span, fits ? target[taken..] : element.Span);
                if (fits) taken += opened;
                else _opened = element[..opened];
            }
            catch (IOException exception) when (taken > 0)
            {
                _broken = exception;
                return taken;
            }
        }
    }

    // Whoever disposes of the connection may do so while another one reads or writes.
    private int Open(Span<byte> element, Span<byte> target)
    {
        try
        {
            return opener.Open(element, target);
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException("the connection was closed", exception);
        }
    }

    private int Seal(ReadOnlySpan<byte> bytes, PooledWriter target)
    {
        try
        {
            return sealer.Seal(bytes, target);
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException("the connection was closed", exception);
        }
    }

    // Reads from the connection into the buffer.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StreamRead> ReadMoreAsync(CancellationToken cancellationToken)
    {
        int left = _end - _start;
        if (left == 0)
        {
            // No buffer is held while the peer sends nothing.
            Release();
            StreamRead wait = await inner.TryReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            if (wait.Failure is not null) return wait;
        }
        MakeRoom(left);
        int room = _buffer!.Length - _end;
        StreamRead read = await inner.TryReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        if (read.Count == room) _size = LargeBuffer; // there may be more
        _end += read.Count;
        _used = Math.Max(_used, _end);
        if (read.Count > 0) return read;
        Release();
        return read.Failure is null && (left > 0 || !opener.MayEnd) ? new StreamRead(0, new IOException("the peer ended within a chunk")) : read;
    }

    // What is left of an element goes to the beginning.
    private void MakeRoom(int left)
    {
        byte[]? old = _buffer;
        int wanted = Math.Max(_size, opener.Next);
        byte[] room = old is not null && old.Length >= wanted ? old : ArrayPool<byte>.Shared.Rent(wanted);
        old?.AsSpan(_start, left).CopyTo(room);
        if (old is not null && old != room)
        {
            Return(old, _used);
            _used = left;
        }
        (_buffer, _start, _end) = (room, 0, left);
    }

    // A read that is under way gives its buffer back by itself.
    private void ReleaseAll()
    {
        if (Interlocked.Exchange(ref _reader, Closed) == Idle) Release();
        sealer.Dispose();
        opener.Dispose();
    }

    private void Release()
    {
        (byte[]? buffer, int used) = (_buffer, _used);
        (_buffer, _start, _end, _used) = (null, 0, 0, 0);
        if (buffer is not null) Return(buffer, used);
    }

    // Whoever rents it next does not see what was opened in it.
    private static void Return(byte[] buffer, int used)
    {
        buffer.AsSpan(0, used).Clear();
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
