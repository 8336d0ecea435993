using System.Net;
using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.DataPath;

/// <summary>An accepted connection, after TLS where the inbound has it.</summary>
internal sealed class InboundConnection : IAsyncDisposable
{
    private readonly Action? _handshakeCompleted;
    private readonly Action<string>? _loginFailed;
    private Func<TimeSpan>? _sinceAccepted;

    public InboundConnection(
        string inbound, DuplexStream stream, SocketStream socket, bool privateDestinationsAllowed, Action? handshakeCompleted = null,
        Action<string>? loginFailed = null, Func<TimeSpan>? sinceAccepted = null)
    {
        Inbound = inbound;
        Socket = socket;
        Reader = new HandshakeReader(stream);
        PrivateDestinationsAllowed = privateDestinationsAllowed;
        _handshakeCompleted = handshakeCompleted;
        _loginFailed = loginFailed;
        _sinceAccepted = sinceAccepted;
    }

    /// <summary>The inbound's name.</summary>
    public string Inbound { get; private set; }

    /// <summary>The stream to speak the protocol on.</summary>
    public DuplexStream Stream => Reader.Stream;

    /// <summary>Reads the handshake from <see cref="Stream"/>, keeping what was read beyond it.</summary>
    public HandshakeReader Reader { get; }

    /// <summary>The socket beneath (the same as <see cref="Stream"/> without TLS).</summary>
    public SocketStream Socket { get; }

    public IPEndPoint Client => Socket.RemoteEndPoint;

    public IPEndPoint Local => Socket.LocalEndPoint;

    public bool PrivateDestinationsAllowed { get; private set; }

    /// <summary>Another inbound serves it from here on.</summary>
    public void ServedAs(string inbound, bool privateDestinationsAllowed)
    {
        Inbound = inbound;
        PrivateDestinationsAllowed = privateDestinationsAllowed;
    }

    /// <summary>How the client proved itself where that was not by a user's password (<see cref="RequestInfo.Login"/>).</summary>
    public string? Login { get; set; }

    /// <summary>A request that came over this connection.</summary>
    /// <param name="protocol">What the client speaks (<see cref="RequestInfo.Protocol"/>).</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="user">The authenticated user; null where the inbound has no users.</param>
    /// <param name="network">TCP or UDP.</param>
    /// <param name="session">The value of the inbound's session header.</param>
    public RequestInfo Request(
        string protocol, Destination destination, string? user = null, Network network = Network.Tcp, string? session = null) => new()
    {
        Inbound = Inbound,
        Protocol = protocol,
        Login = user is null ? Login : "password",
        Handshake = Interlocked.Exchange(ref _sinceAccepted, null)?.Invoke(),
        User = user,
        Session = session,
        Client = Client,
        Local = Local,
        Destination = destination,
        Network = network,
        PrivateDestinationsAllowed = PrivateDestinationsAllowed,
    };

    /// <summary>Ends the handshake time-out. An inbound calls it when the client's request is complete; until then the listener
    /// aborts the connection once <c>limits.handshake_timeout</c> has passed.</summary>
    public void HandshakeCompleted() => _handshakeCompleted?.Invoke();

    /// <summary>Checks credentials as they came over the wire (UTF-8). A failure counts against the client.</summary>
    /// <returns>The user's name, or null.</returns>
    /// <exception cref="ProxyException"><see cref="ProxyError.Overloaded"/>: they were not checked; it does not count against the client.</exception>
    public async ValueTask<string?> AuthenticateAsync(
        UserTable users, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        string? user = await users.AuthenticateAsync(name, password, Client.Address, cancellationToken).ConfigureAwait(false);
        if (user is null) LoginFailed(Encoding.UTF8.GetString(name.Span));
        return user;
    }

    /// <summary>Reports wrong credentials: they count against the client, and a client that is locked out for them loses its connection.</summary>
    /// <param name="user">The name it gave; <c>-</c> where the protocol has none.</param>
    public void LoginFailed(string user) => _loginFailed?.Invoke(user);

    public async ValueTask DisposeAsync()
    {
        Reader.Dispose();
        await Stream.DisposeAsync().ConfigureAwait(false);
    }
}
