using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>The bytes that the peer still allows one stream to send. One waiter at a time.</summary>
internal sealed class SendCredit(long initial)
{
    private readonly Lock _lock = new();
    private long _available = initial;
    private Exception? _failure;
    private TaskCompletionSource? _waiter;

    /// <summary>Takes up to the wanted amount, as soon as there is any.</summary>
    /// <exception cref="IOException">The stream has ended meanwhile.</exception>
    public ValueTask<int> TakeAsync(int wanted, CancellationToken cancellationToken)
    {
        Task waiting;
        lock (_lock)
        {
            if (_failure is not null) throw new IOException(_failure.Message, _failure);
            if (_available > 0) return new(Take(wanted));
            _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = _waiter.Task;
        }
        return WaitAsync(waiting, wanted, cancellationToken);
    }

    /// <summary>Takes the amount at once; for the first payload, which is below the credit that a stream begins with.</summary>
    public void Spend(int bytes)
    {
        lock (_lock) Take(bytes);
    }

    /// <summary>Adds what a WINDOW frame grants.</summary>
    /// <returns>False when the sum is beyond any window that a peer may grant: a fault of the peer.</returns>
    public bool TryAdd(uint credit)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            if (_available + credit > TunnelWire.MaxWindow) return false;
            _available += credit;
            waiter = _waiter;
            _waiter = null;
        }
        waiter?.TrySetResult();
        return true;
    }

    /// <summary>Ends every present and later wait.</summary>
    public void Fail(Exception failure)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            _failure ??= failure;
            waiter = _waiter;
            _waiter = null;
        }
        waiter?.TrySetResult();
    }

    private async ValueTask<int> WaitAsync(Task waiting, int wanted, CancellationToken cancellationToken)
    {
        await waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await TakeAsync(wanted, cancellationToken).ConfigureAwait(false);
    }

    private int Take(int wanted)
    {
        int taken = (int)Math.Min(wanted, _available);
        _available -= taken;
        return taken;
    }
}
