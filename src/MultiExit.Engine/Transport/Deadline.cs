namespace MultiExit.Engine.Transport;

/// <summary>A running time-out of a <see cref="DeadlinePool"/>; fires also when the caller's token does.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly DeadlinePool? _pool;
    private readonly CancellationTokenSource _source;
    private CancellationTokenRegistration _outer;

    internal Deadline(DeadlinePool? pool, CancellationTokenSource source, CancellationToken outer)
    {
        _pool = pool;
        _source = source;
        Link(outer);
    }

    public CancellationToken Token => _source.Token;

    internal void Restart(TimeSpan timeout, CancellationToken outer)
    {
        _source.CancelAfter(timeout);
        Link(outer);
    }

    public void Dispose()
    {
        // Waits for a running callback, so that the caller's token cannot fire into the next user's deadline.
        _outer.Dispose();
        if (_pool is null || !_source.TryReset() || !_pool.TryReturn(this)) _source.Dispose();
    }

    private void Link(CancellationToken outer) =>
        _outer = outer.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
}
