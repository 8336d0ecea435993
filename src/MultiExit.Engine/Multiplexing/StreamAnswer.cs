namespace MultiExit.Engine.Multiplexing;

/// <summary>The answer to a request to open a stream. Its waiter goes on at once on the read loop that brings the answer, without a hop to another
/// thread; after a failure it goes on elsewhere, since failures come from anywhere, under locks too.</summary>
internal sealed class StreamAnswer<TAnswer>
{
    // Without RunContinuationsAsynchronously.
    private readonly TaskCompletionSource<TAnswer> _source = new();
    private int _taken;

    /// <summary>Completes with the answer; fails where the stream ends before there is one.</summary>
    public Task<TAnswer> Task => _source.Task;

    /// <summary>The answer has come; the first outcome counts. The waiter runs in this call: no lock may be held.</summary>
    public void Give(TAnswer answer)
    {
        if (IsFirst()) _source.SetResult(answer);
    }

    /// <summary>There will be no answer; the first outcome counts. Under locks too.</summary>
    public void Fail(Exception reason)
    {
        if (!IsFirst()) return;
        ThreadPool.UnsafeQueueUserWorkItem(
            static failed =>
            {
                failed._source.SetException(failed.reason);
                _ = failed._source.Task.Exception; // observed: there may be no waiter
            },
            (_source, reason),
            preferLocal: false);
    }

    // A failure counts from here on, although its waiter hears of it a moment later.
    private bool IsFirst() => Interlocked.Exchange(ref _taken, 1) == 0;
}
