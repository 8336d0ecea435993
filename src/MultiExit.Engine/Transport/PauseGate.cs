namespace MultiExit.Engine.Transport;

/// <summary>Holds a loop up that waits for clients, without a client lost: what it waits for is canceled, and begins again. Thread-safe.</summary>
internal sealed class PauseGate : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _pausing = new();
    private TaskCompletionSource? _closed;

    /// <summary>Whether the loop is held up.</summary>
    public bool IsPaused
    {
        set
        {
            CancellationTokenSource? canceled = null;
            lock (_lock)
            {
                if (value == _closed is not null) return;
                if (value)
                {
                    _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    canceled = _pausing;
                }
                else
                {
                    _pausing = new CancellationTokenSource();
                    _closed!.TrySetResult();
                    _closed = null;
                }
            }
            canceled?.Cancel();
        }
    }

    /// <summary>Canceled once the loop is held up.</summary>
    public CancellationToken Pausing
    {
        get
        {
            lock (_lock) return _pausing.Token;
        }
    }

    /// <summary>Ends when the loop may go on.</summary>
    public Task WhenOpen
    {
        get
        {
            lock (_lock) return _closed?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>The loop goes on, to its end: what it waits for is gone.</summary>
    public void Dispose()
    {
        IsPaused = false;
        lock (_lock) _pausing.Dispose();
    }
}
