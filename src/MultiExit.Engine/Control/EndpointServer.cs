using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Control;

/// <summary>What all endpoints for operators share, whatever they listen on: takes connections up to a number, talks with each, and ends.</summary>
/// <param name="accept">The next connection; null once the listener is disposed.</param>
/// <param name="routes">What is there to be asked for.</param>
/// <param name="limits">The bounds.</param>
/// <param name="what">What it is, in a message: <c>the control socket</c>.</param>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
internal sealed class EndpointServer(
    Func<ValueTask<DuplexStream?>> accept, ControlRoutes routes, EndpointLimits limits, string what, EngineLog log, TimeProvider time) : IAsyncDisposable
{
    // How long answers under way may take once the endpoint closes.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly DeadlinePool _deadlines = new(time);
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<DuplexStream, Task> _conversations = [];
    private Task _accepting = Task.CompletedTask;
    private int _refusing;

    public void Start() => _accepting = AcceptAsync();

    /// <summary>Ends the connections that wait for requests; the listener has been disposed.</summary>
    /// <returns>Ends with the last answer that is under way, which may be that to the request that removes the endpoint.</returns>
    public async Task CloseAsync()
    {
        await _accepting.ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        Task all;
        lock (_gate) all = Task.WhenAll(_conversations.Values);
        await all.ConfigureAwait(false);
        _closing.Dispose();
    }

    /// <summary>The same, and then cuts the answers that are still under way after a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        Task closed = CloseAsync();
        if (await Task.WhenAny(closed, Task.Delay(Goodbye, time)).ConfigureAwait(false) == closed) return;
        lock (_gate)
        {
            foreach (DuplexStream stream in _conversations.Keys) stream.Abort();
        }
    }

    private async Task AcceptAsync()
    {
        while (await accept().ConfigureAwait(false) is { } stream)
        {
            lock (_gate)
            {
                if (_conversations.Count < limits.Connections)
                {
                    _conversations.Add(stream, ConverseAsync(stream));
                    continue;
                }
            }
            _ = RefuseAsync(stream);
        }
    }

    // Beside the accept loop: what a client has already sent has to be read, or the close would throw the answer away.
    private async Task RefuseAsync(DuplexStream stream)
    {
        // A flood gets no answers.
        if (Interlocked.Increment(ref _refusing) > limits.Connections)
        {
            Interlocked.Decrement(ref _refusing);
            stream.Abort();
            return;
        }
        ControlAnswer answer = ControlAnswer.Fail(503, "TooManyConnections", $"{what} serves {limits.Connections} connections at a time");
        try
        {
            await stream.WriteAsync(answer.Format(close: true, isHead: false)).ConfigureAwait(false);
            await LingeringClose.RunAsync(stream, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // Gone already.
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            Interlocked.Decrement(ref _refusing);
        }
    }

    private async Task ConverseAsync(DuplexStream stream)
    {
        await Task.Yield(); // out of the lock
        try
        {
            using ControlConversation conversation = new(stream, routes, limits, _deadlines, time);
            await conversation.RunAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            log.Unexpected(what, exception);
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            lock (_gate) _conversations.Remove(stream);
        }
    }
}
