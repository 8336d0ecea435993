namespace MultiExit.Engine.Transport;

/// <summary>What comes to a listener, one after the other, also past failures that no listener expects: they end no accept loop.</summary>
/// <param name="accept">The next one; null once the listener is disposed.</param>
/// <param name="failed">Told of a failure, once until something has come again.</param>
internal sealed class SteadyAccept<T>(Func<ValueTask<T?>> accept, Action<Exception> failed)
    where T : class
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private bool _isFailing;

    /// <summary>The next one, or null once the listener is disposed.</summary>
    public async ValueTask<T?> NextAsync()
    {
        while (true)
        {
            try
            {
                T? next = await accept().ConfigureAwait(false);
                _isFailing = false;
                return next;
            }
            catch (Exception exception)
            {
                // .NET's socket engine throws others than SocketException too, where the system answers what it does not expect.
                if (!_isFailing) failed(exception);
                _isFailing = true;
            }
            await Task.Delay(RetryDelay).ConfigureAwait(false);
        }
    }
}
