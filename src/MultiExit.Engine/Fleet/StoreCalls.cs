using System.Globalization;

namespace MultiExit.Engine.Fleet;

/// <summary>Exchanges with the store, of which there is one at a time: one that does not end by its time-out is waited for no longer, and no other
/// one is begun before it has ended. Used by one worker.</summary>
internal sealed class StoreCalls
{
    private Task _exchange = Task.CompletedTask;

    /// <summary>Waits for the end of an exchange that is waited for no longer, so that another one may begin.</summary>
    /// <param name="patience">How long.</param>
    public async Task SettleAsync(TimeSpan patience) =>
        await Task.WhenAny(_exchange, Task.Delay(patience, CancellationToken.None)).ConfigureAwait(false);

    /// <summary>Makes an exchange.</summary>
    /// <returns>Why it failed; null: it did not.</returns>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<Exception?> TryAsync(Func<CancellationToken, Task> exchange, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!_exchange.IsCompleted) return new TimeoutException("an earlier request has not ended");
        CancellationTokenSource ended = new();
        try
        {
            CancellationToken token = ended.Token;
            _exchange = Task.Run(() => exchange(token), CancellationToken.None);
            await _exchange.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException)
        {
            return new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"no answer within {patience.TotalSeconds} s"));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return exception;
        }
        finally
        {
            // Not waited for, nor linked with the token of others: a database may be told of it over a connection that hangs as well.
            _ = ended.CancelAsync();
            // Nobody else asks how it ended.
            _ = _exchange.ContinueWith(
                static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
