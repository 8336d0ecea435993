using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds;

/// <summary>An accepted connection, after TLS where the inbound has it.</summary>
internal sealed class InboundConnection : IAsyncDisposable
{
    private readonly Action? _handshakeCompleted;

    public InboundConnection(string inbound, DuplexStream stream, SocketStream socket, bool privateDestinationsAllowed, Action? handshakeCompleted = null)
    {
        Inbound = inbound;
        Socket = socket;
        Reader = new HandshakeReader(stream);
        PrivateDestinationsAllowed = privateDestinationsAllowed;
        _handshakeCompleted = handshakeCompleted;
    }

    /// <summary>The inbound's name.</summary>
    public string Inbound { get; }

    /// <summary>The stream to speak the protocol on.</summary>
    public DuplexStream Stream => Reader.Stream;

    /// <summary>Reads the handshake from <see cref="Stream"/>, keeping what was read beyond it.</summary>
    public HandshakeReader Reader { get; }

    /// <summary>The socket beneath (the same as <see cref="Stream"/> without TLS).</summary>
    public SocketStream Socket { get; }

    public IPEndPoint Client => Socket.RemoteEndPoint;

    public IPEndPoint Local => Socket.LocalEndPoint;

    public bool PrivateDestinationsAllowed { get; }

    /// <summary>Ends the handshake time-out. An inbound calls it when the client has said what it wants; until then the listener
    /// aborts the connection once <c>limits.handshake_timeout</c> has passed.</summary>
    public void HandshakeCompleted() => _handshakeCompleted?.Invoke();

    public async ValueTask DisposeAsync()
    {
        Reader.Dispose();
        await Stream.DisposeAsync().ConfigureAwait(false);
    }
}
