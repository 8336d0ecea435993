using System.Net;
using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.DataPath;

/// <summary>An accepted connection, after TLS where the inbound has it.</summary>
internal sealed class InboundConnection : IAsyncDisposable
{
    private readonly Action? _handshakeCompleted;
    private readonly ILoginWatch? _logins;
    private readonly IPEndPoint? _client;
    private Func<TimeSpan>? _sinceAccepted;

    public InboundConnection(
        string inbound, DuplexStream stream, SocketStream socket, bool privateDestinationsAllowed, Action? handshakeCompleted = null,
        ILoginWatch? logins = null, Func<TimeSpan>? sinceAccepted = null)
    {
        Inbound = inbound;
        Socket = socket;
        Reader = new HandshakeReader(stream);
        PrivateDestinationsAllowed = privateDestinationsAllowed;
        _handshakeCompleted = handshakeCompleted;
        _logins = logins;
        _sinceAccepted = sinceAccepted;
    }

    /// <summary>The inbound's name.</summary>
    public string Inbound { get; private set; }

    /// <summary>The stream to speak the protocol on.</summary>
    public DuplexStream Stream => Reader.Stream;

    /// <summary>Reads the handshake from <see cref="Stream"/>, keeping what was read beyond it.</summary>
    public HandshakeReader Reader { get; private set; }

    /// <summary>The socket beneath (the same as <see cref="Stream"/> without TLS).</summary>
    public SocketStream Socket { get; }

    /// <summary>The client: the peer of the socket, or whom a load balancer passes on.</summary>
    public IPEndPoint Client
    {
        get => _client ?? Socket.RemoteEndPoint;
        init => _client = value;
    }

    /// <summary>The certificate that the client has shown in TLS; null for none.</summary>
    public ClientCertificate? Certificate { get; init; }

    /// <summary>The name that the client asked a load balancer for (<see cref="RequestInfo.ProxiedName"/>).</summary>
    public string? ProxiedName { get; init; }

    /// <summary>The load balancer's name for the connection (<see cref="RequestInfo.ProxiedId"/>).</summary>
    public string? ProxiedId { get; init; }

    public IPEndPoint Local => Socket.LocalEndPoint;

    public bool PrivateDestinationsAllowed { get; private set; }

    /// <summary>Puts a layer of the protocol over the stream. For the start of the handshake: what was read already is under the layer.</summary>
    public void Wrap(Func<DuplexStream, DuplexStream> layer) => Reader = new HandshakeReader(layer(Reader.Detach()));

    /// <summary>Another inbound serves it from here on.</summary>
    public void ServedAs(string inbound, bool privateDestinationsAllowed)
    {
        Inbound = inbound;
        PrivateDestinationsAllowed = privateDestinationsAllowed;
    }

    /// <summary>The user that the client is; null where it need not be one.</summary>
    public UserIdentity? Identity { get; private set; }

    /// <summary>How the client proved itself where it is no user: by a key or token that is common to all.</summary>
    public string? Login { get; set; }

    /// <summary>A request that came over this connection.</summary>
    /// <param name="protocol">What the client speaks (<see cref="RequestInfo.Protocol"/>).</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="network">TCP or UDP.</param>
    /// <param name="session">The value of the inbound's session header.</param>
    public RequestInfo Request(
        string protocol, Destination destination, Network network = Network.Tcp, string? session = null) => new()
    {
        Inbound = Inbound,
        Protocol = protocol,
        Login = Identity?.Login ?? Login ?? (Certificate is null ? null : "certificate"),
        Certificate = Certificate,
        Handshake = Interlocked.Exchange(ref _sinceAccepted, null)?.Invoke(),
        User = Identity?.Name,
        Account = Identity?.Account,
        Groups = Identity?.Groups ?? [],
        PinnedExit = Identity?.BackEndUser?.Exit,
        Credential = Identity?.Credential,
        Session = Identity?.Choice?.Session ?? session,
        Choice = ChoiceOf(session),
        Client = Client,
        Local = Local,
        Destination = destination,
        Network = network,
        PrivateDestinationsAllowed = PrivateDestinationsAllowed,
        Balancer = _client is null || _client.Equals(Socket.RemoteEndPoint) ? null : Socket.RemoteEndPoint,
        ProxiedName = ProxiedName,
        ProxiedId = ProxiedId,
    };

    // Two keys cannot both be that of the session.
    private NameChoice? ChoiceOf(string? session) => Identity?.Choice is { Session: { } own } choice && session is not null && session != own
        ? choice with { Problem = "the session in the user name is another one than that of the session header" }
        : Identity?.Choice;

    /// <summary>Ends the handshake time-out. An inbound calls it when the client's request is complete; until then the listener
    /// aborts the connection once <c>limits.handshake_timeout</c> has passed.</summary>
    public void HandshakeCompleted() => _handshakeCompleted?.Invoke();

    /// <summary>Checks credentials as they came over the wire (UTF-8). A failure counts against the client.</summary>
    /// <returns>Whether the client is a user that may come in.</returns>
    /// <exception cref="ProxyException"><see cref="ProxyError.Overloaded"/> or <see cref="ProxyError.BackEndUnavailable"/>: they were not checked; it
    /// does not count against the client.</exception>
    public async ValueTask<bool> AuthenticateAsync(
        UsersInForce users, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        LoginResult login = await users.ByPasswordAsync(name, password, Client.Address, cancellationToken).ConfigureAwait(false);
        // The users of now: a reload may have come meanwhile. The name is one for people here: where it is no UTF-8 it is nobody's.
        return Enter(users.Now, login, users.Now.Read(Encoding.UTF8.GetString(name.Span)).User);
    }

    /// <summary>Takes the client for nobody, where no users are asked for: it may have been one before a reload.</summary>
    /// <returns>True: it may come in.</returns>
    public bool EnterAsAnybody()
    {
        Identity = null;
        return true;
    }

    /// <summary>Whether its certificate is that of a user, which may be one that may not come in.</summary>
    public bool HasUsersCertificate(UserDirectory users) => ByCertificate(users).Outcome != LoginOutcome.Wrong;

    /// <summary>The user whose certificate the client has shown.</summary>
    public LoginResult ByCertificate(UserDirectory users) => Certificate is { } certificate ? users.ByCertificate(certificate) : LoginResult.Wrong;

    /// <summary>Takes a client that gives no other credentials for the user of its certificate, or else for the user whose network it is in.</summary>
    /// <returns>False when it is neither, or that user may not come in. Of networks that is no failed login: nothing was guessed.</returns>
    public bool EnterUnasked(UserDirectory users)
    {
        if (ByCertificate(users) is { Outcome: not LoginOutcome.Wrong } certified) return Enter(users, certified);
        LoginResult login = users.ByNetwork(Client.Address);
        if (login.IsOk) return Enter(users, login);
        Identity = null;
        if (login.Reason is { } reason) _logins?.Refused(login.Identity!, reason);
        return false;
    }

    /// <summary>As <see cref="EnterUnasked"/> for a client that gives a user's name with nothing to prove it: the name has to be that of the user that the
    /// client is in any case, and may choose as other names do (<see cref="UserDirectory.Read"/>); an empty one names nobody.</summary>
    /// <param name="users">The users.</param>
    /// <param name="name">The name as it came.</param>
    /// <returns>False when it is no user by its certificate or network, or another one than it says, which is a failed login.</returns>
    public bool EnterNamed(UserDirectory users, string name)
    {
        (string given, NameChoice? choice) = users.Read(name);
        LoginResult login = Unasked(users);
        if (given.Length > 0 && login.Identity is { } identity && identity.Name != given)
            return Enter(users, login with { Outcome = LoginOutcome.Contradicted });
        if (!EnterUnasked(users)) return false;
        Identity = Identity! with { Choice = choice };
        return true;
    }

    /// <summary>Whether its certificate or its network is that of a user, which may be one that may not come in.</summary>
    public bool IsKnownUnasked(UserDirectory users) => Unasked(users).Outcome != LoginOutcome.Wrong;

    private LoginResult Unasked(UserDirectory users) =>
        ByCertificate(users) is { Outcome: not LoginOutcome.Wrong } certified ? certified : users.ByNetwork(Client.Address);

    /// <summary>Takes a client with a secret that is common to all for the user of its certificate, or for nobody.</summary>
    /// <returns>False when that user may not come in.</returns>
    public bool EnterWithCommonSecret(UserDirectory users)
    {
        if (ByCertificate(users) is { Outcome: not LoginOutcome.Wrong } certified) return Enter(users, certified);
        return EnterAsAnybody();
    }

    /// <summary>Takes the client for the user that a login has shown, unless its certificate is that of another one. A failure counts against the
    /// client, and a client that is locked out for it loses its connection.</summary>
    /// <param name="users">The users.</param>
    /// <param name="login">The answer to its login.</param>
    /// <param name="name">The name it gave; <c>-</c> where the protocol has none.</param>
    /// <returns>Whether it is a user that may come in.</returns>
    public bool Enter(UserDirectory users, LoginResult login, string name = "-")
    {
        login = WithCertificate(users, login);
        Identity = login.IsOk ? login.Identity : null;
        if (Identity is { } identity) _logins?.LoggedIn(identity);
        else LoginFailed(login, name);
        return login.IsOk;
    }

    private LoginResult WithCertificate(UserDirectory users, LoginResult login)
    {
        if (!login.IsOk || ByCertificate(users) is not { Outcome: not LoginOutcome.Wrong } certified) return login;
        if (!certified.IsOk) return certified;
        return certified.Identity!.Name == login.Identity!.Name ? login : certified with { Outcome = LoginOutcome.Contradicted };
    }

    private void LoginFailed(LoginResult login, string name)
    {
        if (login.Reason is { } reason) _logins?.Refused(login.Identity!, reason);
        if (login.Fault is { } fault) _logins?.NotJudged(name, fault);
        else _logins?.LoginFailed(login.Identity?.Name ?? name);
    }

    public async ValueTask DisposeAsync()
    {
        Reader.Dispose();
        await Stream.DisposeAsync().ConfigureAwait(false);
    }
}
