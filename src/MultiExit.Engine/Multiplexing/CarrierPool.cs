namespace MultiExit.Engine.Multiplexing;

/// <summary>The carriers to one server. The least loaded one serves; further ones are opened while the existing ones are in use; a dead
/// one is replaced, with growing and jittered pauses while the server cannot be reached or drops its carriers at once.</summary>
/// <param name="size">The most carriers.</param>
/// <param name="connect">Opens one.</param>
/// <param name="time">The clock.</param>
internal sealed class CarrierPool<TCarrier>(int size, Func<CancellationToken, Task<TCarrier>> connect, TimeProvider time) : IAsyncDisposable
    where TCarrier : class, ICarrier
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Failures further apart than this have nothing to do with each other.
    private static readonly TimeSpan FailuresForgotten = 4 * LongestPause;

    // How long a carrier that a retired pool had to open takes streams of the dials that wait for it.
    private static readonly TimeSpan LateDials = TimeSpan.FromSeconds(5);

    // How long the peers may take to close their ends when the pool closes.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<TCarrier> _carriers = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task<TCarrier>? _connecting;
    private int _failures;
    private long _lastFailure;
    private bool _retired;
    private bool _disposed;

    /// <summary>The carriers that live now.</summary>
    public IReadOnlyList<TCarrier> Carriers
    {
        get
        {
            lock (_lock) return [.. _carriers];
        }
    }

    /// <summary>The carrier for the next stream.</summary>
    /// <exception cref="Exception">What made the attempt to connect fail, when there is no carrier.</exception>
    public async ValueTask<TCarrier> GetAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<TCarrier> connecting;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                TCarrier? best = _carriers.Where(carrier => carrier.AcceptsStreams).MinBy(carrier => carrier.StreamCount);
                if (best is not null)
                {
                    if (best.StreamCount > 0 && _carriers.Count < size && !_retired) StartConnecting();
                    return best;
                }
                connecting = StartConnecting();
            }
            TCarrier opened = await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (opened.AcceptsStreams) return opened;
        }
    }

    /// <summary>Begins to open a carrier where none takes streams, without waiting for it.</summary>
    public void Open()
    {
        lock (_lock)
            if (!_disposed && !_retired && !_carriers.Exists(carrier => carrier.AcceptsStreams)) _ = StartConnecting();
    }

    /// <summary>Opens nothing more by itself; each carrier ends with its last stream.</summary>
    public void Retire()
    {
        TCarrier[] carriers;
        lock (_lock)
        {
            _retired = true;
            carriers = [.. _carriers];
        }
        foreach (TCarrier carrier in carriers) carrier.GoAway();
    }

    /// <summary>Lets the bytes that were sent arrive, then ends the carriers.</summary>
    public async ValueTask DisposeAsync()
    {
        TCarrier[] carriers;
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            carriers = [.. _carriers];
        }
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (TCarrier carrier in carriers) carrier.GoAway();
        Task ended = Task.WhenAll(carriers.Select(carrier => carrier.Completion));
        await ended.WaitAsync(Goodbye, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (TCarrier carrier in carriers) await carrier.DisposeAsync().ConfigureAwait(false);
    }

    // Under the lock. All callers that need a carrier wait for the same attempt.
    private Task<TCarrier> StartConnecting()
    {
        if (_connecting is { IsCompleted: false }) return _connecting;
        TimeSpan pause = Pause();
        _connecting = Task.Run(() => ConnectAsync(pause), CancellationToken.None);
        _ = ObserveAsync(_connecting);
        return _connecting;
    }

    // There may be no waiter.
    private static async Task ObserveAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<TCarrier> ConnectAsync(TimeSpan pause)
    {
        TCarrier carrier;
        try
        {
            if (pause > TimeSpan.Zero) await Task.Delay(pause, time, _stopping.Token).ConfigureAwait(false);
            carrier = await connect(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            lock (_lock) CountFailure();
            throw;
        }
        bool disposed;
        bool retired;
        lock (_lock)
        {
            disposed = _disposed;
            retired = _retired;
            if (!disposed) _carriers.Add(carrier);
        }
        if (disposed)
        {
            await carrier.DisposeAsync().ConfigureAwait(false);
            return carrier;
        }
        _ = ReplaceWhenEndedAsync(carrier, time.GetTimestamp());
        if (retired) _ = RetireLateAsync(carrier);
        return carrier;
    }

    private async Task RetireLateAsync(TCarrier carrier)
    {
        await carrier.Completion.WaitAsync(LateDials, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        carrier.GoAway();
    }

    private async Task ReplaceWhenEndedAsync(TCarrier carrier, long opened)
    {
        await carrier.Completion.ConfigureAwait(false);
        lock (_lock)
        {
            _carriers.Remove(carrier);
            if (_disposed) return;
            // A carrier that died at once must not be replaced without a pause, again and again.
            if (time.GetElapsedTime(opened) < LongestPause) CountFailure();
        }
        await carrier.DisposeAsync().ConfigureAwait(false);
        await KeepOneAsync().ConfigureAwait(false);
    }

    // A pool that had a carrier gets one again without waiting for the next request; it gives up only with the pool itself.
    private async Task KeepOneAsync()
    {
        while (true)
        {
            Task<TCarrier> connecting;
            lock (_lock)
            {
                if (_carriers.Count > 0 || _retired || _disposed) return;
                connecting = StartConnecting();
            }
            await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void CountFailure()
    {
        long now = time.GetTimestamp();
        if (time.GetElapsedTime(_lastFailure, now) > FailuresForgotten) _failures = 0;
        _failures++;
        _lastFailure = now;
    }

    // 100 ms, 200 ms ... 5 s, each between half and the whole of it, counted from the last failure.
    private TimeSpan Pause()
    {
        if (_failures == 0) return TimeSpan.Zero;
        TimeSpan pause = FirstPause * Math.Pow(2, Math.Min(_failures - 1, 10));
        if (pause > LongestPause) pause = LongestPause;
        TimeSpan left = pause * (0.5 + Random.Shared.NextDouble() / 2) - time.GetElapsedTime(_lastFailure);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
