using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Inbounds;

/// <summary>The datagrams of one client, which is an address and a port: it stands for a connection where the protocol has none.</summary>
/// <remarks>One reader at a time; any number of senders.</remarks>
internal sealed class ClientDatagrams : IDisposable
{
    private readonly DatagramQueue _received = new();
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

    /// <summary>Canceled by <see cref="Abort"/>.</summary>
    public CancellationToken Ended { get; }

    /// <summary>The next datagram; one that is longer than the buffer is cut. With an empty buffer it only waits until there is one. When the
    /// reader falls behind by more than 64 datagrams or 256 KiB, further ones are dropped.</summary>
    /// <returns>The length.</returns>
    /// <exception cref="IOException">The client was cut off.</exception>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        (await _received.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false)).Length;

    /// <summary>Sends a datagram to the client; false when the system would not take it.</summary>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) => _send(datagram, cancellationToken);

    /// <inheritdoc cref="InboundConnection.HandshakeCompleted"/>
    public void HandshakeCompleted() => _handshakeCompleted();

    /// <inheritdoc cref="ILoginWatch.LoginFailed"/>
    public void LoginFailed(string user) => _loginFailed(user);

    /// <summary>Takes a datagram that came from the client.</summary>
    public void Add(ReadOnlySpan<byte> datagram) => _received.Add(_address, datagram);

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
