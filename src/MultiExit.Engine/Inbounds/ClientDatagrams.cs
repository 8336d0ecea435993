using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Inbounds;

/// <summary>The datagrams of one client, which is an address and a port, or a session of its protocol: it stands for a connection where the protocol has
/// none.</summary>
/// <remarks>One reader at a time; any number of senders.</remarks>
internal sealed class ClientDatagrams : IDisposable
{
    private readonly DatagramQueue _received = new();
    private Destination? _sentTo;
    private readonly CancellationTokenSource _ended = new();
    private readonly Destination _address;
    private readonly Func<ReadOnlyMemory<byte>, IPEndPoint, CancellationToken, ValueTask<bool>> _send;
    private readonly Action _handshakeCompleted;
    private readonly ILoginWatch _logins;
    private volatile IPEndPoint _source;

    /// <summary>The datagrams of a client.</summary>
    /// <param name="inbound">The inbound's name.</param>
    /// <param name="client">The client.</param>
    /// <param name="local">Where the datagrams arrive: the bound address, which may be the unspecified one.</param>
    /// <param name="privateDestinationsAllowed">False when private destinations are refused for the inbound.</param>
    /// <param name="send">Sends a datagram.</param>
    /// <param name="handshakeCompleted">Called by <see cref="HandshakeCompleted"/>.</param>
    /// <param name="logins">Is told of the client's login.</param>
    public ClientDatagrams(
        string inbound, IPEndPoint client, IPEndPoint local, bool privateDestinationsAllowed,
        Func<ReadOnlyMemory<byte>, IPEndPoint, CancellationToken, ValueTask<bool>> send, Action handshakeCompleted, ILoginWatch logins)
    {
        Inbound = inbound;
        Client = _source = client;
        Local = local;
        PrivateDestinationsAllowed = privateDestinationsAllowed;
        Ended = _ended.Token;
        _address = Destination.FromEndPoint(client);
        _send = send;
        _handshakeCompleted = handshakeCompleted;
        _logins = logins;
    }

    /// <inheritdoc cref="InboundConnection.Inbound"/>
    public string Inbound { get; }

    /// <summary>Where its first datagram came from.</summary>
    public IPEndPoint Client { get; }

    /// <summary>Where its newest datagram came from: answers go there.</summary>
    public IPEndPoint Source
    {
        get => _source;
        set => _source = value;
    }

    /// <summary>What its protocol keeps of it (<see cref="OpenedDatagram.State"/>); null where datagrams are not sealed.</summary>
    public IDisposable? State { get; init; }

    /// <summary>The user that it is; null where it need not be one.</summary>
    public UserIdentity? Identity { get; private set; }

    public IPEndPoint Local { get; }

    public bool PrivateDestinationsAllowed { get; }

    /// <summary>Canceled by <see cref="Abort"/>.</summary>
    public CancellationToken Ended { get; }

    /// <summary>The next datagram, with where it goes where its protocol says so or the port takes what is sent to others, else with the client's
    /// address; one that is longer than the buffer is cut. With an empty buffer it only waits until there is one. When the reader falls behind by
    /// more than 64 datagrams or 256 KiB, further ones are dropped.</summary>
    /// <exception cref="IOException">The client was cut off.</exception>
    public ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _received.ReceiveAsync(buffer, cancellationToken);

    /// <summary>Takes the client for the user whose network it is in.</summary>
    /// <returns>False when it is in none, or that user may not come in. That is no failed login: nothing was guessed.</returns>
    public bool EnterUnasked(UserDirectory users)
    {
        LoginResult login = users.ByNetwork(Client.Address);
        if (login.IsOk) Enter(login.Identity!);
        else if (login.Reason is { } reason) _logins.Refused(login.Identity!, reason);
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
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) => _send(datagram, _source, cancellationToken);

    /// <inheritdoc cref="InboundConnection.HandshakeCompleted"/>
    public void HandshakeCompleted() => _handshakeCompleted();

    /// <summary>Takes the client for a user.</summary>
    public void Enter(UserIdentity identity)
    {
        Identity = identity;
        _logins.LoggedIn(identity);
    }

    /// <summary>Takes a datagram that came from the client.</summary>
    /// <returns>False when there is no room for it.</returns>
    public bool Add(ReadOnlySpan<byte> datagram) => Add(_address, datagram);

    /// <summary>Takes a datagram of the client for a destination.</summary>
    /// <returns>False when there is no room for it.</returns>
    public bool Add(Destination destination, ReadOnlySpan<byte> datagram) => _received.Add(destination, datagram);

    /// <summary>Takes a datagram that the client has sent to another address than the port's own. One caller at a time.</summary>
    /// <returns>False when there is no room for it.</returns>
    public bool Add(IPEndPoint sentTo, ReadOnlySpan<byte> datagram)
    {
        if (_sentTo is not { } last || last.Port != sentTo.Port || !sentTo.Address.Equals(last.Address)) _sentTo = Destination.FromEndPoint(sentTo);
        return Add(_sentTo, datagram);
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
