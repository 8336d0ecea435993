namespace MultiExit.Engine.Transport;

/// <summary>A look-up that several callers may wait for, and that is not begun once all of them have given up. Thread-safe.</summary>
internal sealed class PendingLookUp
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<NameResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;
    private bool _given;

    /// <summary>Waits for the result.</summary>
    /// <param name="cancellationToken">Ends this wait, not that of others.</param>
    /// <returns>Null when all callers had given it up before.</returns>
    public ValueTask<NameResult>? Join(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_given) return null;
            _waiting++;
        }
        return new(WaitAsync(cancellationToken));
    }

    /// <summary>Called when it is the look-up's turn.</summary>
    /// <returns>False when no caller waits for it; none can join it from here on.</returns>
    public bool TryBegin()
    {
        lock (_lock)
        {
            _given = _waiting == 0;
            return !_given;
        }
    }

    /// <summary>Ends the waits.</summary>
    public void Complete(NameResult result) => _result.TrySetResult(result);

    private async Task<NameResult> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock) _waiting--;
        }
    }
}
