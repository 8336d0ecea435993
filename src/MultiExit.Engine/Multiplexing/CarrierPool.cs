using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Multiplexing;

/// <summary>The carriers to one server. The least loaded one serves; further ones are opened while the existing ones are in use; a dead
/// one is replaced, with growing and jittered pauses while the server cannot be reached or drops its carriers at once.</summary>
/// <param name="size">The most carriers.</param>
/// <param name="connect">Opens one.</param>
/// <param name="time">The clock.</param>
/// <param name="watch">Hears of its carriers; null: nobody asks.</param>
internal sealed class CarrierPool<TCarrier>(
    int size, Func<CancellationToken, Task<TCarrier>> connect, TimeProvider time, ICarrierWatch? watch = null) : IAsyncDisposable
    where TCarrier : class, ICarrier
{
    // Failures further apart than this have nothing to do with each other.
    private static readonly TimeSpan FailuresForgotten = 4 * RetryPause.Longest;

    // Where the server was reached and refuses us, somebody has to mend something first, and each attempt may count as a failed login there.
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(1);

    // How long a carrier that a retired pool had to open takes streams of the dials that wait for it.
    private static readonly TimeSpan LateDials = TimeSpan.FromSeconds(5);

    // How long the peers may take to close their ends when the pool closes.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<TCarrier> _carriers = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task<TCarrier>? _connecting;
    private int _keeper; // counts those who keep a carrier open
    private bool _keeping;
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

    /// <summary>Begins to open a carrier where none takes streams, and tries on until there is one, without waiting for it.</summary>
    public void Open()
    {
        lock (_lock)
        {
            if (_disposed || _retired || TakesStreams) return;
            _ = StartConnecting();
            Keep();
        }
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
        if (!_retired && !TakesStreams) watch?.Opening();
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
        catch (Exception exception)
        {
            lock (_lock)
            {
                CountFailure();
                if (!_retired && !_disposed && !TakesStreams) watch?.Failed(exception);
            }
            throw;
        }
        bool disposed;
        bool retired;
        lock (_lock)
        {
            disposed = _disposed;
            retired = _retired;
            if (!disposed) _carriers.Add(carrier);
            if (!disposed && !retired) watch?.Opened();
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
            if (time.GetElapsedTime(opened) < RetryPause.Longest) CountFailure();
            if (!_retired && !TakesStreams) watch?.Lost(carrier.Failure);
            Keep();
        }
        await carrier.DisposeAsync().ConfigureAwait(false);
    }

    // Under the lock. One does it at a time; one that rests is replaced.
    private void Keep()
    {
        if (_keeping) return;
        _keeping = true;
        _ = KeepOneAsync(++_keeper);
    }

    // A pool that had a carrier, or should have one, gets one without waiting for the next request; it gives up only with the pool itself.
    private async Task KeepOneAsync(int keeper)
    {
        while (true)
        {
            Task<TCarrier> connecting;
            lock (_lock)
            {
                if (keeper != _keeper) return;
                _keeping = _carriers.Count == 0 && !_retired && !_disposed;
                if (!_keeping) return;
                connecting = StartConnecting();
            }
            await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (connecting.Exception?.InnerException is not CarrierException { IsRefusal: true }) continue;
            // Requests try all the same, and tell whoever waits for them.
            lock (_lock) _keeping = false;
            await Task.Delay(RefusedPause * (0.5 + Random.Shared.NextDouble() / 2), time, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool TakesStreams => _carriers.Exists(carrier => carrier.AcceptsStreams);

    private void CountFailure()
    {
        long now = time.GetTimestamp();
        if (time.GetElapsedTime(_lastFailure, now) > FailuresForgotten) _failures = 0;
        _failures++;
        _lastFailure = now;
    }

    // Counted from the last failure.
    private TimeSpan Pause()
    {
        if (_failures == 0) return TimeSpan.Zero;
        TimeSpan left = RetryPause.After(_failures - 1) - time.GetElapsedTime(_lastFailure);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
