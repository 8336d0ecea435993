using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Inbounds;

/// <summary>The datagrams of one client, which is an address and a port: it stands for a connection where the protocol has none.</summary>
/// <remarks>One reader at a time; any number of senders.</remarks>
internal sealed class ClientDatagrams : IDisposable
{
    private readonly DatagramQueue _received = new();
    private Destination? _sentTo;
    private readonly CancellationTokenSource _ended = new();
    private readonly Destination _address;
    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> _send;
    private readonly Action _handshakeCompleted;
    private readonly Action<string> _loginFailed;

    /// <summary>The datagrams of a client.</summary>
    /// <param name="inbound">The inbound's name.</param>
    /// <param name="client">The client.</param>
    /// <param name="local">Where the datagrams arrive: the bound address, which may be the unspecified one.</param>
    /// <param name="privateDestinationsAllowed">False when private destinations are refused for the inbound.</param>
    /// <param name="send">Sends a datagram to the client.</param>
    /// <param name="handshakeCompleted">Called by <see cref="HandshakeCompleted"/>.</param>
    /// <param name="loginFailed">Called by <see cref="LoginFailed"/>.</param>
    public ClientDatagrams(
        string inbound, IPEndPoint client, IPEndPoint local, bool privateDestinationsAllowed,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> send, Action handshakeCompleted, Action<string> loginFailed)
    {
        Inbound = inbound;
        Client = client;
        Local = local;
        PrivateDestinationsAllowed = privateDestinationsAllowed;
        Ended = _ended.Token;
        _address = Destination.FromEndPoint(client);
        _send = send;
        _handshakeCompleted = handshakeCompleted;
        _loginFailed = loginFailed;
    }

    /// <inheritdoc cref="InboundConnection.Inbound"/>
    public string Inbound { get; }

    public IPEndPoint Client { get; }

    public IPEndPoint Local { get; }

    public bool PrivateDestinationsAllowed { get; }

    /// <summary>Is told of its logins.</summary>
    public ILoginWatch? Logins { get; init; }

    /// <summary>The user that the client is; null where it need not be one.</summary>
    public UserIdentity? Identity { get; private set; }

    /// <summary>Canceled by <see cref="Abort"/>.</summary>
    public CancellationToken Ended { get; }

    /// <summary>The next datagram; one that is longer than the buffer is cut. With an empty buffer it only waits until there is one. When the
    /// reader falls behind by more than 64 datagrams or 256 KiB, further ones are dropped.</summary>
    /// <returns>The length.</returns>
    /// <exception cref="IOException">The client was cut off.</exception>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        (await _received.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false)).Length;

    /// <summary>The same, with the address that the client has sent it to (<see cref="DatagramReceived.Source"/>); where the port takes only what is sent
    /// to itself, that is the client's.</summary>
    public ValueTask<DatagramReceived> ReceiveSentAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _received.ReceiveAsync(buffer, cancellationToken);

    /// <summary>Takes the client for the user whose network it is in.</summary>
    /// <returns>False when it is in none, or that user may not come in. That is no failed login: nothing was guessed.</returns>
    public bool EnterUnasked(UserDirectory users)
    {
        LoginResult login = users.ByNetwork(Client.Address);
        Identity = login.IsOk ? login.Identity : null;
        if (Identity is { } identity) Logins?.LoggedIn(identity);
        else if (login.Reason is { } reason) Logins?.Refused(login.Identity!, reason);
        return login.IsOk;
    }

    /// <summary>The association of the client's datagrams as routing sees it.</summary>
    /// <param name="protocol">What the client speaks (<see cref="RequestInfo.Protocol"/>).</param>
    /// <param name="destination">Where the first datagram goes.</param>
    public RequestInfo Request(string protocol, Destination destination) => new()
    {
        Inbound = Inbound,
        Protocol = protocol,
        Login = Identity?.Login,
        User = Identity?.Name,
        Groups = Identity?.Groups ?? [],
        PinnedExit = Identity?.BackEndUser?.Exit,
        Credential = Identity?.Credential,
        Session = Identity?.Choice?.Session,
        Choice = Identity?.Choice,
        Client = Client,
        Local = Local,
        Destination = destination,
        Network = Network.Udp,
        PrivateDestinationsAllowed = PrivateDestinationsAllowed,
    };

    /// <summary>Sends a datagram to the client; false when the system would not take it.</summary>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) => _send(datagram, cancellationToken);

    /// <inheritdoc cref="InboundConnection.HandshakeCompleted"/>
    public void HandshakeCompleted() => _handshakeCompleted();

    /// <inheritdoc cref="ILoginWatch.LoginFailed"/>
    public void LoginFailed(string user) => _loginFailed(user);

    /// <summary>Takes a datagram that came from the client. One caller at a time.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="sentTo">The address that it was sent to, where that is not the port's own.</param>
    public void Add(ReadOnlySpan<byte> datagram, IPEndPoint? sentTo = null)
    {
        if (sentTo is not null && (_sentTo is not { } last || last.Port != sentTo.Port || !sentTo.Address.Equals(last.Address)))
            _sentTo = Destination.FromEndPoint(sentTo);
        _received.Add(sentTo is null ? _address : _sentTo!, datagram);
    }

    /// <summary>Cuts the client off. Any thread may call it, at any time.</summary>
    public void Abort()
    {
        _received.End(new IOException("the client was cut off"));
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }

    public void Dispose()
    {
        _received.End(new ObjectDisposedException(nameof(ClientDatagrams)));
        _received.Clear();
        _ended.Dispose();
    }
}
