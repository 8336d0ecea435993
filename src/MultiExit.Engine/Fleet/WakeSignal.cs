namespace MultiExit.Engine.Fleet;

/// <summary>Wakes a worker that waits, or the next time that it would. Thread-safe; one worker waits.</summary>
/// <param name="time">The clock.</param>
internal sealed class WakeSignal(TimeProvider time)
{
    // What is shorter would be no wait at all, and a worker that looks again and again.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private volatile TaskCompletionSource _woken = New();

    /// <summary>Ends the wait.</summary>
    public void Set() => _woken.TrySetResult();

    /// <summary>Waits until it is woken, or the time is over.</summary>
    public async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait > TimeSpan.Zero)
        {
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(_woken.Task, Task.Delay(wait < Least ? Least : wait, time, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (_woken.Task.IsCompleted) _woken = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
