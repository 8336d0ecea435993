namespace MultiExit.Engine.Server;

/// <summary>Work that is asked for more often than it has to be done: one run at a time, and one more run for all callers that ask while it is
/// under way. Thread-safe.</summary>
/// <param name="work">The work; its token is canceled by the disposal.</param>
internal sealed class CoalescedWork(Func<CancellationToken, Task> work) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private TaskCompletionSource? _asked;
    private Task _loop = Task.CompletedTask;
    private bool _isRunning;
    private bool _hasEnded;

    /// <summary>Ends with the first run that begins from here on, and fails as that run does; canceled when no run begins any more.</summary>
    public Task RunAsync()
    {
        lock (_lock)
        {
            if (_hasEnded) return Task.FromCanceled(new CancellationToken(canceled: true));
            _asked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task asked = _asked.Task;
            if (!_isRunning)
            {
                _isRunning = true;
                _loop = Task.Run(LoopAsync);
            }
            return asked;
        }
    }

    /// <summary>Cancels the run under way and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_hasEnded) return;
            _hasEnded = true;
            _asked?.TrySetCanceled(CancellationToken.None);
            _asked = null;
        }
        await _ending.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            TaskCompletionSource asked;
            lock (_lock)
            {
                if (_asked is null)
                {
                    _isRunning = false;
                    return;
                }
                asked = _asked;
                _asked = null;
            }
            try
            {
                await work(_ending.Token).ConfigureAwait(false);
                asked.TrySetResult();
            }
            catch (OperationCanceledException exception)
            {
                asked.TrySetCanceled(exception.CancellationToken);
            }
            catch (Exception exception)
            {
                asked.TrySetException(exception);
            }
        }
    }
}
