using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Control;

/// <summary>The control endpoint: HTTP/1.1 and JSON on a Unix socket.</summary>
internal sealed class ControlEndpoint : IAsyncDisposable
{
    private const int MaxConnections = 32;

    // How long answers under way may take once the endpoint closes.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly UnixListener _listener;
    private readonly ControlRoutes _routes;
    private readonly EngineLog _log;
    private readonly TimeProvider _time;
    private readonly DeadlinePool _deadlines;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<DuplexStream, Task> _conversations = [];
    private Task _accepting = Task.CompletedTask;

    /// <summary>Takes over a socket that listens; <see cref="Start"/> serves, and clients that connect earlier wait for it.</summary>
    /// <param name="listener">The socket.</param>
    /// <param name="server">The server that the clients control.</param>
    /// <param name="log">The log of the server.</param>
    /// <param name="time">The clock.</param>
    public ControlEndpoint(UnixListener listener, IServerControl server, EngineLog log, TimeProvider time)
    {
        _listener = listener;
        _routes = new ControlRoutes(server, log);
        _log = log;
        _time = time;
        _deadlines = new DeadlinePool(time);
    }

    public string Path => _listener.Path;

    /// <summary>Whether the path still leads to this socket.</summary>
    public bool IsInPlace => _listener.IsInPlace;

    public void Start()
    {
        _accepting = AcceptAsync();
        _log.ControlOpened(Path);
    }

    /// <summary>Removes the socket and ends the connections that wait for requests.</summary>
    /// <returns>Ends with the last answer that is under way, which may be that to the request that removes the socket.</returns>
    public async Task CloseAsync()
    {
        _listener.Dispose();
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
        if (await Task.WhenAny(closed, Task.Delay(Goodbye, _time)).ConfigureAwait(false) == closed) return;
        lock (_gate)
        {
            foreach (DuplexStream stream in _conversations.Keys) stream.Abort();
        }
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync().ConfigureAwait(false) is { } stream)
        {
            lock (_gate)
            {
                if (_conversations.Count < MaxConnections)
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
        ControlAnswer answer = ControlAnswer.Fail(503, "TooManyConnections", $"the control socket serves {MaxConnections} connections at a time");
        try
        {
            await stream.WriteAsync(answer.Format(close: true, isHead: false)).ConfigureAwait(false);
            await LingeringClose.RunAsync(stream, _time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // Gone already.
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task ConverseAsync(DuplexStream stream)
    {
        await Task.Yield(); // out of the lock
        try
        {
            using ControlConversation conversation = new(stream, _routes, _deadlines, _time);
            await conversation.RunAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _log.Unexpected("the control endpoint", exception);
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            lock (_gate) _conversations.Remove(stream);
        }
    }
}
