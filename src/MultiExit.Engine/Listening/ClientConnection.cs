using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>An accepted connection in the <see cref="ConnectionTable"/>.</summary>
/// <param name="socket">The connection.</param>
/// <param name="inbound">The inbound it came to.</param>
/// <param name="accepted">When it was accepted (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal sealed class ClientConnection(SocketStream socket, string inbound, long accepted)
{
    public SocketStream Socket { get; } = socket;

    public string Inbound { get; } = inbound;

    public IPEndPoint Client { get; } = socket.RemoteEndPoint;

    public long Accepted { get; } = accepted;

    /// <summary>The client has said what it wants; its inbound's own time-outs hold from here.</summary>
    public bool HandshakeCompleted { get; set; }

    /// <summary>The handshake time-out has ended it.</summary>
    public bool TimedOut { get; set; }

    /// <summary>Its place in the table's list.</summary>
    internal LinkedListNode<ClientConnection>? Node { get; set; }
}
