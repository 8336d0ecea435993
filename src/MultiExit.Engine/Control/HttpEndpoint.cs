using System.Net;
using System.Runtime.InteropServices;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Control;

/// <summary>An endpoint for operators on a TCP port: HTTP/1.1 with routes and bounds of its own.</summary>
internal sealed class HttpEndpoint : IAsyncDisposable
{
    private readonly ISocketListener _listener;
    private readonly IPEndPoint _asked;
    private EndpointServer? _server;

    private HttpEndpoint(ISocketListener listener, IPEndPoint asked)
    {
        _listener = listener;
        _asked = asked;
    }

    /// <summary>The bound address, with the real port.</summary>
    public IPEndPoint EndPoint => _listener.LocalEndPoint;

    /// <summary>Binds and listens; <see cref="Start"/> serves, and clients that connect earlier wait for it.</summary>
    /// <param name="endPoint">The address and port.</param>
    /// <param name="present">The endpoint that goes once this one is in force, which may have the same port on other addresses.</param>
    /// <exception cref="ProxyException">It cannot be bound; the message is one sentence for the operator.</exception>
    public static HttpEndpoint Bind(IPEndPoint endPoint, HttpEndpoint? present = null)
    {
        if (present is null || present.EndPoint.Port != endPoint.Port) return Create(besideOthers: false);
        try
        {
            present._listener.SharesPort = true;
            return Create(besideOthers: true);
        }
        finally
        {
            present._listener.SharesPort = false;
        }

        HttpEndpoint Create(bool besideOthers) =>
            new(new PortableListener(endPoint, default, besideOthers) { IsForOperators = true }, endPoint);
    }

    /// <summary>Goes on with the socket of another process.</summary>
    /// <exception cref="ProxyException">It is no socket that listens.</exception>
    public static HttpEndpoint Adopt(PassedDescriptor passed, IPEndPoint endPoint)
    {
        try
        {
            return new HttpEndpoint(new PortableListener(passed) { IsForOperators = true }, endPoint);
        }
        catch (SystemException exception)
        {
            throw new ProxyException(ProxyError.TakeoverFailed, $"the socket of {endPoint} cannot be taken over: {exception.Message}", exception);
        }
    }

    /// <summary>The address that was asked for.</summary>
    public IPEndPoint Asked => _asked;

    /// <summary>The socket, to hand it to another process.</summary>
    public SafeHandle Handle => _listener.Handle;

    /// <summary>Whether clients are left in the queue of the socket.</summary>
    public bool IsPaused
    {
        set => _listener.IsPaused = value;
    }

    /// <summary>Whether it is what a configuration asks for.</summary>
    public bool Is(IPEndPoint? endPoint) => _asked.Equals(endPoint);

    /// <summary>Serves.</summary>
    /// <param name="routes">What is there to be asked for.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="what">What it is, in a message: <c>the metrics listener</c>.</param>
    /// <param name="log">The log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="open">Speaks TLS on a connection, where it is to; null: there is none.</param>
    public void Start(IEndpointRoutes routes, EndpointLimits limits, string what, EngineLog log, TimeProvider time, OpenConnection? open = null)
    {
        _server = new EndpointServer(async () => await _listener.AcceptAsync().ConfigureAwait(false), routes, limits, what, log, time, open);
        _server.Start();
    }

    /// <summary>Stops listening, ends the connections that wait for requests, and cuts the answers that are under way for too long.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
    }
}
