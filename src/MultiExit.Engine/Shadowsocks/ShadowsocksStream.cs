using System.Buffers;
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
    private const int SmallBuffer = 32 * 1024;
    private const int Overhead = 512;
    private const int LargestElement = 0xFFFF + ShadowsocksMethods.TagLength;

    private ReadOnlyMemory<byte> _opened = first;
    private byte[]? _buffer; // octets that came: opened ones from _opened, then those from _start to _end
    private int _start;
    private int _end;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_opened.IsEmpty)
        {
            if (_end - _start >= opener.Next && _buffer is not null)
            {
                int length = opener.Next;
                Memory<byte> element = _buffer.AsMemory(_start, length);
                _start += length;
                _opened = element[..Open(element.Span)];
                continue;
            }
            if (!await ReadMoreAsync(cancellationToken).ConfigureAwait(false)) return 0;
        }
        int count = Math.Min(buffer.Length, _opened.Length);
        _opened[..count].CopyTo(buffer);
        _opened = _opened[count..];
        return count;
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
        // The buffer is left to the collector: a read may still be under way.
        await inner.DisposeAsync().ConfigureAwait(false);
        sealer.Dispose();
        opener.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            sealer.Dispose();
            opener.Dispose();
        }
        base.Dispose(disposing);
    }

    // Whoever disposes of the connection may do so while another one reads or writes.
    private int Open(Span<byte> element)
    {
        try
        {
            return opener.Open(element);
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

    // False at the end of the direction.
    private async ValueTask<bool> ReadMoreAsync(CancellationToken cancellationToken)
    {
        int left = _end - _start;
        if (left == 0)
        {
            // No buffer is held while the peer sends nothing.
            Release();
            await inner.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        }
        int wanted = Math.Max(SmallBuffer, opener.Next);
        if (_buffer is null || _buffer.Length - _start < opener.Next)
        {
            byte[] room = ArrayPool<byte>.Shared.Rent(wanted);
            if (_buffer is { } old)
            {
                old.AsSpan(_start, left).CopyTo(room);
                ArrayPool<byte>.Shared.Return(old, clearArray: true);
            }
            (_buffer, _start, _end) = (room, 0, left);
        }
        int read = await inner.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        if (read > 0) return true;
        if (left > 0 || !opener.MayEnd) throw new IOException("the peer ended within a chunk");
        return false;
    }

    private void Release()
    {
        byte[]? buffer = _buffer;
        (_buffer, _start, _end) = (null, 0, 0);
        if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }
}
