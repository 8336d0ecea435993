using System.Buffers;
using System.Threading.Channels;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Multiplexing;

/// <summary>Datagrams that came through a carrier and wait for their reader. Beyond its bounds they are dropped, as in a socket's buffer.</summary>
/// <param name="memory">The memory of the carrier, in which the queue counts as a stream from its beginning; null: it counts in none.</param>
internal sealed class DatagramQueue(MemoryBudget? memory = null)
{
    private const int MaxQueued = 64;

    // Bytes. A peer may open many associations and make each of its datagrams as long as a message can be.
    private const int MaxQueuedBytes = 256 * 1024;

    private readonly Channel<Received> _received = Channel.CreateBounded<Received>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, SingleWriter = true }); // full: TryWrite says so

    private int _bytes;
    private bool _counts = Count(memory);

    /// <summary>Takes a copy of a datagram, or drops it.</summary>
    public void Add(Destination address, ReadOnlySpan<byte> data)
    {
        if (Volatile.Read(ref _bytes) + data.Length > MaxQueuedBytes || memory?.IsTight == true) return;
        byte[] copy = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(copy);
        Interlocked.Add(ref _bytes, data.Length);
        memory?.HoldWaiting(data.Length);
        Received received = new(address, copy, data.Length);
        if (!_received.Writer.TryWrite(received)) Release(received);
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
        while (_received.Reader.TryRead(out Received left)) Release(left);
        if (Interlocked.Exchange(ref _counts, false)) memory?.Hold(-MemoryBudget.OfStream);
    }

    private static bool Count(MemoryBudget? memory)
    {
        memory?.Hold(MemoryBudget.OfStream);
        return true;
    }

    private void Release(Received received)
    {
        Interlocked.Add(ref _bytes, -received.Length);
        memory?.HoldWaiting(-received.Length);
        ArrayPool<byte>.Shared.Return(received.Data);
    }

    private readonly record struct Received(Destination Address, byte[] Data, int Length);
}
