using System.Buffers;
using System.Threading.Channels;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Multiplexing;

/// <summary>Datagrams that came through a carrier and wait for their reader. Beyond its bounds they are dropped, as in a socket's buffer.</summary>
internal sealed class DatagramQueue : IUnread
{
    private const int MaxQueued = 64;

    // Bytes. A peer may open many associations and make each of its datagrams as long as a message can be.
    private const int MaxQueuedBytes = 256 * 1024;

    private readonly Channel<Received> _received = Channel.CreateBounded<Received>(
        new BoundedChannelOptions(MaxQueued) { SingleWriter = true }); // full: TryWrite says so

    private readonly MemoryBudget? _memory;
    private int _bytes;
    private bool _counts = true;

    /// <param name="memory">The memory of the carrier, of which the queue counts as a stream from its beginning; null: it is of none.</param>
    public DatagramQueue(MemoryBudget? memory = null)
    {
        _memory = memory;
        memory?.Hold(MemoryBudget.OfStream);
        memory?.Join(this);
    }

    /// <inheritdoc/>
    public long Waiting => Volatile.Read(ref _bytes);

    /// <summary>Takes a copy of a datagram, or drops it.</summary>
    /// <returns>False when it was dropped.</returns>
    public bool Add(Destination address, ReadOnlySpan<byte> data)
    {
        if (Volatile.Read(ref _bytes) + data.Length > MaxQueuedBytes || _memory?.IsTight == true) return false;
        byte[] copy = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(copy);
        Interlocked.Add(ref _bytes, data.Length);
        _memory?.HoldWaiting(data.Length);
        Received received = new(address, copy, data.Length);
        if (_received.Writer.TryWrite(received)) return true;
        Release(received);
        return false;
    }

    /// <inheritdoc cref="IDatagramFlow.ReceiveAsync"/>
    public async ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            if (buffer.IsEmpty && await _received.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)) return default;
            Received received = await _received.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            int length = Math.Min(received.Length, buffer.Length);
            received.Data.AsSpan(0, length).CopyTo(buffer.Span);
            Release(received);
            return new DatagramReceived(length, received.Address);
        }
        catch (ChannelClosedException exception)
        {
            throw new IOException(exception.InnerException?.Message ?? "the peer ended the association", exception.InnerException);
        }
        // A wait throws the reason of the end itself.
        catch (Exception exception) when (exception is not (IOException or OperationCanceledException))
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>No more datagrams come; a reader that goes on gets the reason.</summary>
    public void End(Exception reason) => _received.Writer.TryComplete(reason);

    /// <summary>Gives back the memory of datagrams that will not be read.</summary>
    public void Clear()
    {
        // No datagram follows it.
        _received.Writer.TryComplete();
        Drop();
        if (!Interlocked.Exchange(ref _counts, false)) return;
        _memory?.Hold(-MemoryBudget.OfStream);
        _memory?.Leave(this);
    }

    /// <inheritdoc/>
    public void GiveUp(string why) => Drop();

    private void Drop()
    {
        while (_received.Reader.TryRead(out Received left)) Release(left);
    }

    private void Release(Received received)
    {
        Interlocked.Add(ref _bytes, -received.Length);
        _memory?.HoldWaiting(-received.Length);
        ArrayPool<byte>.Shared.Return(received.Data);
    }

    private readonly record struct Received(Destination Address, byte[] Data, int Length);
}
