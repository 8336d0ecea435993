using System.Threading.Tasks.Sources;

namespace MultiExit.Engine.Transport;

/// <summary>Waits until there is something to do: until a descriptor can be read (or written) again, or something is in a queue. One waiter at a time; its
/// continuation runs on the thread that signals, for descriptors the reactor's.</summary>
/// <remarks>A signal without a waiter is kept, so an edge between "would block" and the wait is never lost. Wake-ups may be spurious:
/// the waiter tries its system call and waits again.</remarks>
internal sealed class Readiness : IValueTaskSource
{
    private const int Idle = 0, Signaled = 1, Waiting = 2, Closed = 3;
    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state;

    /// <summary>Completes at the next signal, at once when one is kept, and when closed.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.CanBeCanceled ? WaitCancelableAsync(cancellationToken) : WaitCore();

    /// <summary>Wakes the waiter, or keeps the signal for the next one.</summary>
    public void Signal()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if (state is Signaled or Closed) return;
            if (state == Idle && Interlocked.CompareExchange(ref _state, Signaled, Idle) == Idle) return;
            if (state == Waiting && Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting)
            {
                _core.SetResult(true);
                return;
            }
        }
    }

    /// <summary>Wakes the waiter and every later one at once: the descriptor is gone.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _state, Closed) == Waiting) _core.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private ValueTask WaitCore()
    {
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle) return new ValueTask(this, _core.Version);
        Interlocked.CompareExchange(ref _state, Idle, Signaled);
        return default;
    }

    private async ValueTask WaitCancelableAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ValueTask wait = WaitCore();
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Readiness)state!).Cancel(token), this);
        try
        {
            await wait.ConfigureAwait(false);
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting) _core.SetException(new OperationCanceledException(cancellationToken));
    }
}
