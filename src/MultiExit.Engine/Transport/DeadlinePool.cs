using System.Collections.Concurrent;

namespace MultiExit.Engine.Transport;

/// <summary>Time-outs for short operations without an allocation for each: a token source that never fired is used again.</summary>
/// <remarks>The holder of a token must no longer use it when the deadline is disposed.</remarks>
internal sealed class DeadlinePool(TimeProvider time)
{
    private const int Capacity = 256;
    private readonly ConcurrentQueue<Deadline> _free = new();

    public Deadline Start(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (time != TimeProvider.System) return new Deadline(null, new CancellationTokenSource(timeout, time), cancellationToken);
        if (!_free.TryDequeue(out Deadline? deadline)) return new Deadline(this, new CancellationTokenSource(timeout), cancellationToken);
        deadline.Restart(timeout, cancellationToken);
        return deadline;
    }

    internal bool TryReturn(Deadline deadline)
    {
        if (_free.Count >= Capacity) return false;
        _free.Enqueue(deadline);
        return true;
    }
}
