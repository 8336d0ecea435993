using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>Writes the frames of many senders to one stream: while one write is on its way, the frames that follow gather in one buffer
/// and leave in the next write.</summary>
/// <param name="stream">The stream; it has no other writer.</param>
/// <param name="highWater">Senders that can wait do so from this many unsent bytes on (<see cref="IsFull"/>).</param>
/// <remarks>
/// A sender takes <see cref="Gate"/>, looks at <see cref="Failure"/> and at its own state, formats its frame into <see cref="GetSpan"/>, calls
/// <see cref="Advance"/> and <see cref="TakeTurn"/>, leaves the lock, and calls <see cref="Start"/>. Or it calls <see cref="TryBegin"/>, and where that
/// returned true, it writes a buffer of its own with <see cref="WriteAsync"/> and then calls <see cref="TryEnd"/>. So each frame costs one lock and no copy.
/// Members that say so are called under the lock; the others are not.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The stream belongs to the owner, and the buffer goes back with Fail.")]
internal sealed class GatheringWriter(DuplexStream stream, int highWater)
{
    /// <summary>From so many unsent bytes on they leave at once.</summary>
    public const int LargeEnough = 16 * 1024;

    private byte[]? _unsent;
    private bool _writing;
    private bool _deferred; // the stream is taken, and what is due on the reactor will flush
    private Action? _flushDeferred;
    private long _batch;
    private bool _completing;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;

    /// <summary>The lock; what the owner's frames depend on may be kept under it too.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Waited for before each write of a flush, so that more gathers.</summary>
    public Func<Task>? Pause { get; init; }

    /// <summary>Called under the lock before each write of a flush: appends frames that are formatted only then.</summary>
    public Action? Due { get; init; }

    /// <summary>Called once the end of the direction has been sent (<see cref="Complete"/>).</summary>
    public Action? Completed { get; init; }

    /// <summary>Called when a write has failed, before <see cref="Fail"/>.</summary>
    public Action<Exception>? Failed { get; init; }

    /// <summary>Under the lock: why nothing is written any more; null while it is. Then no frame may be appended.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>How often a flush has taken what had gathered: bytes that were appended at the present number have not left.</summary>
    public long Batch => Volatile.Read(ref _batch);

    /// <summary>Under the lock: the bytes that no write has taken yet.</summary>
    public int Unsent { get; private set; }

    /// <summary>Under the lock: whether senders that can wait should.</summary>
    public bool IsFull => Unsent >= highWater;

    /// <summary>Under the lock: where the next frame is formatted.</summary>
    /// <param name="needed">The most bytes that the frame may have.</param>
    public Span<byte> GetSpan(int needed)
    {
        if (_unsent is null || _unsent.Length - Unsent < needed) Grow(needed);
        return _unsent.AsSpan(Unsent);
    }

    /// <summary>Under the lock: the frame is complete.</summary>
    /// <param name="length">Its bytes.</param>
    public void Advance(int length) => Unsent += length;

    /// <summary>Under the lock: completes when the unsent bytes are taken by a write, or when writing has failed; the sender looks again then.</summary>
    public Task WhenRoom() => (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Under the lock: completes when no write is under way and nothing is unsent, or when writing has failed.</summary>
    public Task WhenIdle() => !_writing
        ? Task.CompletedTask
        : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Under the lock: takes the stream for a flush. On a reactor a few bytes wait for the events at hand: the sessions that have one send
    /// frames of their own, and all of them leave in one write.</summary>
    /// <param name="atOnce">Whether the bytes leave at once however few they are.</param>
    /// <returns>What the caller gives to <see cref="Start"/>, outside of the lock.</returns>
    public FlushTurn TakeTurn(bool atOnce = false)
    {
        atOnce |= Unsent >= LargeEnough;
        if (_writing && !(_deferred && atOnce)) return FlushTurn.None;
        _deferred = !_writing && !atOnce && Pause is null && Reactor.Current is not null;
        _writing = true;
        return _deferred ? FlushTurn.Later : FlushTurn.Now;
    }

    /// <summary>Begins what <see cref="TakeTurn"/> has said, on the same thread.</summary>
    public void Start(FlushTurn turn)
    {
        if (turn == FlushTurn.Now) _ = FlushAsync();
        else if (turn == FlushTurn.Later) Reactor.Current!.PostDue(_flushDeferred ??= FlushDeferred);
    }

    /// <summary>Writes what waits for the events at hand, as far as the stream takes it: before what follows it may be lost with it. Callable from any
    /// thread.</summary>
    public void FlushDeferred()
    {
        lock (Gate)
        {
            if (!_deferred) return;
            _deferred = false;
        }
        _ = FlushAsync();
    }

    /// <summary>Under the lock: takes the stream.</summary>
    /// <returns>False when another caller has it, which will write the unsent bytes too.</returns>
    public bool TryBegin() => !_writing && (_writing = true);

    /// <summary>Under the lock: gives the stream up.</summary>
    /// <returns>False when something is unsent: the caller keeps the stream and flushes.</returns>
    public bool TryEnd()
    {
        if (Unsent > 0) return false;
        _writing = false;
        _idle?.TrySetResult();
        _idle = null;
        return true;
    }

    /// <summary>Under the lock: the end of the direction follows after the unsent bytes. The caller takes its turn.</summary>
    public void Complete() => _completing = true;

    /// <summary>Writes the unsent bytes until there are none; the caller has the stream. Never throws.</summary>
    public async Task FlushAsync()
    {
        try
        {
            while (true)
            {
                if (Pause is not null) await Pause().ConfigureAwait(false);
                byte[] sending;
                int length;
                TaskCompletionSource? room;
                lock (Gate)
                {
                    if (Failure is not null) return;
                    Due?.Invoke();
                    if (Unsent == 0 && _completing) break;
                    if (TryEnd()) return;
                    (sending, length, room) = (_unsent!, Unsent, _room);
                    (_unsent, Unsent, _room) = (null, 0, null);
                    Volatile.Write(ref _batch, _batch + 1);
                }
                room?.TrySetResult();
                await WriteAsync(sending, length, CancellationToken.None).ConfigureAwait(false);
            }
            // The end after the last frame, not instead of it: a peer that still reads must get all.
            await stream.CompleteWritesAsync(CancellationToken.None).ConfigureAwait(false);
            Completed?.Invoke();
        }
        catch (Exception exception)
        {
            OnFailure(exception);
        }
    }

    /// <summary>Writes one buffer; the caller has the stream. The buffer comes from the shared pool and goes back to it.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="cancellationToken">Ends the write, and the connection with it: a part of a frame may have left.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(byte[] buffer, int length, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The stream may still use the buffer: it is left to the collector.
            OnFailure(exception);
            if (exception is OperationCanceledException) stream.Abort();
            throw;
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Nothing is written any more; the first reason stays. Wakes all waiters and gives the buffer back. Callable from any thread.</summary>
    public void Fail(Exception exception)
    {
        lock (Gate)
        {
            Failure ??= exception;
            if (_unsent is not null) ArrayPool<byte>.Shared.Return(_unsent);
            (_unsent, Unsent) = (null, 0);
            _room?.TrySetResult();
            _idle?.TrySetResult();
            (_room, _idle) = (null, null);
        }
    }

    private void OnFailure(Exception exception)
    {
        Failed?.Invoke(exception);
        Fail(exception);
    }

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Unsent + needed, Math.Min(highWater, 4 * Unsent)));
        if (_unsent is not null)
        {
            _unsent.AsSpan(0, Unsent).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_unsent);
        }
        _unsent = larger;
    }
}
