using System.Buffers;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Multiplexing;

/// <summary>Datagrams that came through a carrier or a socket and wait for their reader. Beyond its bounds they are dropped, as in a socket's buffer.</summary>
/// <remarks>One writer and one reader at a time. A reader that waits goes on within <see cref="Add"/>, on the thread of the writer: no other thread has to
/// be woken for a datagram. Any thread may end it.</remarks>
internal sealed class DatagramQueue : IUnread
{
    private const int MaxQueued = 64;

    // Bytes. A peer may open many associations and make each of its datagrams as long as a message can be.
    private const int MaxQueuedBytes = 256 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<Received> _received = new();
    private readonly Readiness _readable = new();
    private IOException? _end;
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
        lock (_lock)
        {
            if (_end is not null || _received.Count >= MaxQueued) return false;
            byte[] copy = ArrayPool<byte>.Shared.Rent(data.Length);
            data.CopyTo(copy);
            Interlocked.Add(ref _bytes, data.Length);
            _memory?.HoldWaiting(data.Length);
            _received.Enqueue(new Received(address, copy, data.Length));
        }
        _readable.Signal();
        return true;
    }

    /// <inheritdoc cref="IDatagramFlow.ReceiveAsync"/>
    public async ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryTake(buffer.Span, out DatagramReceived received)) return received;
            await _readable.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>No more datagrams come; a reader that goes on gets the reason.</summary>
    public void End(Exception reason)
    {
        lock (_lock) _end ??= reason as IOException ?? new IOException(reason.Message, reason);
        // Whoever ends it may hold locks.
        ThreadPool.UnsafeQueueUserWorkItem(static readable => readable.Close(), _readable, preferLocal: false);
    }

    /// <summary>Gives back the memory of datagrams that will not be read.</summary>
    public void Clear()
    {
        // No datagram follows it.
        if (Volatile.Read(ref _end) is null) End(new IOException("the association has ended"));
        Drop();
        if (!Interlocked.Exchange(ref _counts, false)) return;
        _memory?.Hold(-MemoryBudget.OfStream);
        _memory?.Leave(this);
    }

    /// <inheritdoc/>
    public void GiveUp(string why) => Drop();

    private void Drop()
    {
        lock (_lock)
            while (_received.TryDequeue(out Received left)) Release(left);
    }

    // An empty buffer takes none, but says that there is one.
    private bool TryTake(Span<byte> buffer, out DatagramReceived taken)
    {
        taken = default;
        Received received;
        lock (_lock)
        {
            if (_received.Count == 0) return _end is null ? false : throw _end;
            if (buffer.IsEmpty) return true;
            received = _received.Dequeue();
        }
        int length = Math.Min(received.Length, buffer.Length);
        received.Data.AsSpan(0, length).CopyTo(buffer);
        Release(received);
        taken = new DatagramReceived(length, received.Address);
        return true;
    }

    private void Release(Received received)
    {
        Interlocked.Add(ref _bytes, -received.Length);
        _memory?.HoldWaiting(-received.Length);
        ArrayPool<byte>.Shared.Return(received.Data);
    }

    private readonly record struct Received(Destination Address, byte[] Data, int Length);
}
