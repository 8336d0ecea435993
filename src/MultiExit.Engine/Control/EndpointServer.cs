using System.Security.Authentication;
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
/// <param name="open">Speaks TLS on a connection, where it is to; null: there is none.</param>
internal sealed class EndpointServer(
    Func<ValueTask<DuplexStream?>> accept, IEndpointRoutes routes, EndpointLimits limits, string what, EngineLog log, TimeProvider time,
    OpenConnection? open = null) : IAsyncDisposable
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
        SteadyAccept<DuplexStream> clients = new(accept, exception => log.AcceptFailed(what, exception));
        while (await clients.NextAsync().ConfigureAwait(false) is { } stream)
        {
            lock (_gate)
            {
                if (_conversations.Count < limits.Connections && !IsOverShare(stream))
                {
                    _conversations.Add(stream, ConverseAsync(stream));
                    continue;
                }
            }
            _ = RefuseAsync(stream);
        }
    }

    private bool IsOverShare(DuplexStream stream) =>
        limits.ConnectionsPerClient < limits.Connections && stream is SocketStream { RemoteEndPoint.Address: var client }
        && _conversations.Keys.Count(other => other is SocketStream same && same.RemoteEndPoint.Address.Equals(client)) >= limits.ConnectionsPerClient;

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
        ControlAnswer answer = ControlAnswer.Fail(503, "TooManyConnections",
            $"{what} serves {limits.Connections} connections at a time" + (limits.ConnectionsPerClient < limits.Connections
                ? $", {limits.ConnectionsPerClient} of them of one client" : ""));
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
        DuplexStream? opened = null;
        try
        {
            opened = await OpenAsync(stream).ConfigureAwait(false);
            if (opened is null) return;
            using ControlConversation conversation = new(opened, routes, limits, _deadlines, time, stream as SocketStream);
            await conversation.RunAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            log.Unexpected(what, exception);
        }
        finally
        {
            if (opened is not null) await opened.DisposeAsync().ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
            lock (_gate) _conversations.Remove(stream);
        }
    }

    // Null where the handshake failed.
    private async ValueTask<DuplexStream?> OpenAsync(DuplexStream stream)
    {
        if (open is null) return stream;
        using Deadline deadline = _deadlines.Start(limits.Request, _closing.Token);
        try
        {
            return await open(stream, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or ObjectDisposedException or OperationCanceledException)
        {
            return null;
        }
    }
}
