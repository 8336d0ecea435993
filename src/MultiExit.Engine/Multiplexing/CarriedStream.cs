using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Multiplexing;

/// <summary>The common part of the streams of all carriers: the bytes that were received and not yet read. The carrier's read loop writes
/// them and is never held back by it: the stream bounds the bytes that come in. When the stream fails, the memory is free at once, whatever its
/// reader is doing.</summary>
internal abstract class CarriedStream : DuplexStream, IUnread
{
    // Beyond this, streams take memory of the carrier before they hold more.
    private const int FirstShare = TunnelWire.InitialWindow;

    private static readonly PipeOptions PipeOptions = new(
        ReceivePool.Instance,
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly Pipe _received = new(PipeOptions);
    private long _unread;
    private Exception? _lost;
    private long _held;
    private bool _counts = true;

    /// <param name="memory">The memory of the carrier.</param>
    protected CarriedStream(MemoryBudget memory)
    {
        Memory = memory;
        memory.Hold(MemoryBudget.OfStream);
        memory.Join(this);
    }

    /// <summary>The memory of the carrier.</summary>
    public MemoryBudget Memory { get; }

    /// <summary>The bytes that its reader has not taken yet.</summary>
    public long Unread => Interlocked.Read(ref _unread);

    /// <inheritdoc/>
    public virtual long Waiting => Unread;

    /// <inheritdoc/>
    public abstract void GiveUp(string why);

    /// <summary>Guards the state of the stream. Nothing waits under it.</summary>
    protected Lock Sync { get; } = new();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        (await TryReadAsync(buffer, cancellationToken).ConfigureAwait(false)).CountOrThrow();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<StreamRead> TryReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> reading;
        lock (Sync)
        {
            if (_lost is { } lost) return Broken(lost);
            reading = _received.Reader.ReadAsync(cancellationToken);
        }
        ReadResult result = await reading.ConfigureAwait(false);
        int count;
        lock (Sync)
        {
            if (_lost is { } lost) return Broken(lost);
            count = (int)Math.Min(buffer.Length, result.Buffer.Length);
            int copied = 0;
            foreach (ReadOnlyMemory<byte> segment in result.Buffer.Slice(0, count))
            {
                segment.CopyTo(buffer[copied..]);
                copied += segment.Length;
            }
            _received.Reader.AdvanceTo(result.Buffer.GetPosition(count));
            SetUnread(_unread - count);
        }
        if (count > 0) OnRead(count);
        return new StreamRead(count);
    }

    /// <summary>The reader has taken bytes.</summary>
    protected abstract void OnRead(int count);

    /// <summary>Room for bytes to receive; under the lock, and not after an end.</summary>
    protected Span<byte> GetRoom(int size) => _received.Writer.GetSpan(size);

    /// <summary>Takes the bytes that were put into the room; under the same lock. The reader finds them after <see cref="Publish"/>.</summary>
    protected void Take(int count)
    {
        _received.Writer.Advance(count);
        SetUnread(_unread + count);
    }

    /// <summary>Wakes the reader; outside of the lock, since the reader's continuation runs here.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "It completes at once: the pipe never pauses.")]
    protected void Publish() => _ = _received.Writer.FlushAsync();

    /// <summary>No more bytes come; outside of the lock, once.</summary>
    /// <param name="failure">The error that the reader gets in place of the bytes it has not read; null: it reads on, to the end.</param>
    protected void EndReceiving(Exception? failure)
    {
        // Before the reader is woken, which looks for it: an exception given to the pipe would be thrown through all that wait for the reader.
        if (failure is not null) lock (Sync) _lost ??= failure;
        _received.Writer.Complete();
        if (failure is not null) Lose(failure);
    }

    /// <summary>The reader gets this in place of the bytes that it has not read, and their memory is given back; the first reason stays.</summary>
    protected void Lose(Exception failure)
    {
        lock (Sync)
        {
            _lost ??= failure;
            _received.Reader.Complete();
            SetUnread(0);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _counts, false))
        {
            // Also where it ended in order: a read that is under way must not go on in memory that is given back.
            Lose(new IOException("the stream was closed on this side"));
            Memory.Hold(-MemoryBudget.OfStream);
            Memory.Leave(this);
        }
        base.Dispose(disposing);
    }

    // Under the lock.
    private void SetUnread(long unread)
    {
        long held = Math.Min(unread, FirstShare);
        Memory.Count(unread - _unread, held - _held);
        Volatile.Write(ref _unread, unread);
        _held = held;
    }

    private static StreamRead Broken(Exception lost) => new(0, new IOException(lost.Message, lost));
}
