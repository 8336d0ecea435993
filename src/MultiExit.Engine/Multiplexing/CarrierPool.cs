namespace MultiExit.Engine.Multiplexing;

/// <summary>The carriers to one server. The least loaded one serves; further ones are opened while those there are in use; a dead
/// one is replaced, with growing and jittered pauses while the server cannot be reached.</summary>
/// <param name="size">The most carriers.</param>
/// <param name="connect">Opens one.</param>
/// <param name="time">The clock.</param>
internal sealed class CarrierPool<TCarrier>(int size, Func<CancellationToken, Task<TCarrier>> connect, TimeProvider time) : IAsyncDisposable
    where TCarrier : class, ICarrier
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ShortGoodbye = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly List<TCarrier> _carriers = [];
    private readonly CancellationTokenSource _disposed = new();
    private Task<TCarrier>? _connecting;
    private int _failures;
    private long _lastFailure;
    private bool _retired;

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
                ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
                TCarrier? best = _carriers.Where(carrier => carrier.AcceptsStreams).MinBy(carrier => carrier.StreamCount);
                if (best is not null)
                {
                    if (best.StreamCount > 0 && _carriers.Count < size && _failures == 0) StartConnecting();
                    return best;
                }
                connecting = StartConnecting();
            }
            TCarrier opened = await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (opened.AcceptsStreams) return opened;
        }
    }

    /// <summary>Opens nothing more by itself; each carrier ends with its last stream.</summary>
    public void Retire()
    {
        lock (_lock) _retired = true;
        foreach (TCarrier carrier in Carriers) carrier.GoAway();
    }

    /// <summary>Ends all carriers: in order where no stream is left, and after two seconds at the latest.</summary>
    public async ValueTask DisposeAsync()
    {
        List<TCarrier> carriers;
        lock (_lock)
        {
            if (_disposed.IsCancellationRequested) return;
            _disposed.Cancel();
            carriers = [.. _carriers];
        }
        foreach (TCarrier carrier in carriers) carrier.GoAway();
        Task ended = Task.WhenAll(carriers.Select(carrier => carrier.Completion));
        await Task.WhenAny(ended, Task.Delay(ShortGoodbye, CancellationToken.None)).ConfigureAwait(false);
        foreach (TCarrier carrier in carriers) await carrier.DisposeAsync().ConfigureAwait(false);
    }

    // Under the lock. All who need a carrier wait for the same attempt.
    private Task<TCarrier> StartConnecting()
    {
        if (_connecting is { IsCompleted: false }) return _connecting;
        TimeSpan pause = Pause();
        _connecting = Task.Run(() => ConnectAsync(pause), CancellationToken.None);
        return _connecting;
    }

    private async Task<TCarrier> ConnectAsync(TimeSpan pause)
    {
        try
        {
            if (pause > TimeSpan.Zero) await Task.Delay(pause, time, _disposed.Token).ConfigureAwait(false);
            TCarrier carrier = await connect(_disposed.Token).ConfigureAwait(false);
            lock (_lock)
            {
                _failures = 0;
                if (!_disposed.IsCancellationRequested) _carriers.Add(carrier);
            }
            if (_disposed.IsCancellationRequested) await carrier.DisposeAsync().ConfigureAwait(false);
            else _ = ReplaceWhenEndedAsync(carrier);
            return carrier;
        }
        catch (Exception)
        {
            lock (_lock)
            {
                _failures++;
                _lastFailure = time.GetTimestamp();
            }
            throw;
        }
    }

    private async Task ReplaceWhenEndedAsync(TCarrier carrier)
    {
        await carrier.Completion.ConfigureAwait(false);
        lock (_lock)
        {
            _carriers.Remove(carrier);
            if (_disposed.IsCancellationRequested) return;
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
                if (_carriers.Count > 0 || _retired || _disposed.IsCancellationRequested) return;
                connecting = StartConnecting();
            }
            await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
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
