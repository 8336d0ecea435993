using System.Net;

namespace MultiExit.Engine.Listening;

/// <summary>An accepted connection, or a client that sends datagrams, in the <see cref="ConnectionTable"/>.</summary>
/// <param name="client">The client.</param>
/// <param name="inbound">The inbound it came to.</param>
/// <param name="accepted">When it was accepted (<see cref="TimeProvider.GetTimestamp"/>).</param>
/// <param name="abort">Cuts it off; any thread may call it, at any time.</param>
internal sealed class ClientConnection(IPEndPoint client, string inbound, long accepted, Action abort)
{
    public string Inbound { get; } = inbound;

    public IPEndPoint Client { get; } = client;

    /// <summary>Cuts it off.</summary>
    public void Abort() => abort();

    public long Accepted { get; } = accepted;

    /// <summary>The client has said what it wants; its inbound's own time-outs hold from here.</summary>
    public bool HandshakeCompleted { get; set; }

    /// <summary>Its credentials were wrong: counted and logged as that.</summary>
    public bool FailedLogin { get; set; }

    /// <summary>How long its handshake may take while there are places enough; null: no longer than that of any other.</summary>
    public TimeSpan? Patience { get; set; }

    /// <summary>The handshake time-out has ended it.</summary>
    public bool TimedOut { get; set; }

    /// <summary>Its place in the table's list.</summary>
    internal LinkedListNode<ClientConnection>? Node { get; set; }
}
