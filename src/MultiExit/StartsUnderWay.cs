namespace MultiExit;

/// <summary>The starts of servers that are not listed yet, so that the end of the process leaves nothing behind that they hold. Shared by all
/// runspaces; safe for concurrent use.</summary>
internal static class StartsUnderWay
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<Task, CancellationTokenSource> Starts = [];
    private static int _ends;

    /// <summary>Runs a start that lists its server before it returns.</summary>
    /// <param name="start">The start.</param>
    /// <param name="token">Cancels this start alone.</param>
    /// <exception cref="OperationCanceledException">The process ends, or the token is canceled.</exception>
    public static async Task<RunningServer> RunAsync(Func<CancellationToken, Task<RunningServer>> start, CancellationToken token)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task<RunningServer> run;
        lock (Gate)
        {
            if (_ends > 0) throw new OperationCanceledException("the process ends");
            // Task.Run, so that the start holds no lock and is listed before it begins.
            run = Task.Run(() => start(cancel.Token), CancellationToken.None);
            Starts.Add(run, cancel);
        }
        try
        {
            return await run.ConfigureAwait(false);
        }
        finally
        {
            lock (Gate)
                Starts.Remove(run);
        }
    }

    /// <summary>Cancels all starts and refuses new ones until the result is disposed.</summary>
    /// <param name="ended">Ends when no start is under way any more; those that could not be canceled have listed their server.</param>
    public static IDisposable Refuse(out Task ended)
    {
        KeyValuePair<Task, CancellationTokenSource>[] starts;
        lock (Gate)
        {
            _ends++;
            starts = [.. Starts];
        }
        foreach ((_, CancellationTokenSource cancel) in starts)
        {
            try
            {
                cancel.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The start ended at the same moment.
            }
        }
        // What a start failed with is reported by the cmdlet that began it.
        ended = Task.WhenAll(starts.Select(start => start.Key.ContinueWith(_ => { }, TaskScheduler.Default)));
        return new Refusal();
    }

    private sealed class Refusal : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0) Interlocked.Decrement(ref _ends);
        }
    }
}
