using System.Runtime.InteropServices;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Control;

/// <summary>The control endpoint: HTTP/1.1 and JSON on a Unix socket.</summary>
internal sealed class ControlEndpoint : IAsyncDisposable
{
    private readonly UnixListener _listener;
    private readonly EndpointServer _server;
    private readonly EngineLog _log;

    /// <summary>Takes over a socket that listens; <see cref="Start"/> serves, and clients that connect earlier wait for it.</summary>
    /// <param name="listener">The socket.</param>
    /// <param name="server">The server that the clients control.</param>
    /// <param name="log">The log of the server.</param>
    /// <param name="time">The clock.</param>
    /// <param name="takeover">Hands the server over to another process; null: this one does not.</param>
    /// <param name="readsOnly">Whether its clients are readers.</param>
    public ControlEndpoint(
        UnixListener listener, IServerControl server, EngineLog log, TimeProvider time, SwitchedConnection? takeover = null, bool readsOnly = false)
    {
        _listener = listener;
        ControlRoutes routes = ControlRoutes.OfServer(server, log, time, takeover, readsOnly);
        _server = new EndpointServer(listener.AcceptAsync, routes, new EndpointLimits(), "the control socket", log, time);
        _log = log;
    }

    public string Path => _listener.Path;

    /// <inheritdoc cref="UnixListener.Group"/>
    public string? Group => _listener.Group;

    /// <inheritdoc cref="UnixListener.Use"/>
    public void Use(string? group) => _listener.Use(group);

    /// <summary>Whether the path still leads to this socket.</summary>
    public bool IsInPlace => _listener.IsInPlace;

    public void Start()
    {
        _server.Start();
        _log.ControlOpened(Path);
    }

    /// <summary>Removes the socket and ends the connections that wait for requests.</summary>
    /// <returns>Ends with the last answer that is under way, which may be that to the request that removes the socket.</returns>
    public Task CloseAsync()
    {
        _listener.Dispose();
        return _server.CloseAsync();
    }

    /// <summary>Whether the path is one that the socket of this server is at, and its file is deleted with it.</summary>
    public void OwnFile() => _listener.OwnFile();

    /// <summary>The socket, to hand it to another process.</summary>
    public SafeHandle Handle => _listener.Handle;

    /// <summary>Whether clients are left in the queue of the socket.</summary>
    public bool IsPaused
    {
        set => _listener.IsPaused = value;
    }

    /// <summary>Another process has the socket: takes no more connections, ends those that wait for requests, and leaves the file.</summary>
    public Task LeaveAsync()
    {
        _listener.Leave();
        return _server.CloseAsync();
    }

    /// <summary>The same, and then cuts the answers that are still under way after a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _server.DisposeAsync().ConfigureAwait(false);
    }
}
