using System.Net;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>An accepted connection, or a client that sends datagrams, in the <see cref="ConnectionTable"/>.</summary>
/// <param name="client">The client.</param>
/// <param name="inbound">The inbound it came to.</param>
/// <param name="accepted">When it was accepted (<see cref="TimeProvider.GetTimestamp"/>).</param>
/// <param name="abort">Cuts it off; any thread may call it, at any time.</param>
internal sealed class ClientConnection(IPEndPoint client, string inbound, long accepted, Action abort)
{
    private bool _settled;

    public string Inbound { get; } = inbound;

    /// <summary>The client: whose connection it is, as far as that is known.</summary>
    public IPEndPoint Client { get; internal set; } = client;

    /// <summary>Whether the connection is a load balancer's, and whose it passes on is not known: not yet, or the balancer does not say. It counts for no
    /// client then, and its failed logins lock nobody out.</summary>
    public bool IsBalancers { get; internal set; }

    /// <summary>Cuts it off.</summary>
    public void Abort() => abort();

    public long Accepted { get; } = accepted;

    /// <summary>The client's request is complete; its inbound's own time-outs apply from here.</summary>
    public bool HandshakeCompleted { get; private set; }

    /// <summary>The client's request is complete.</summary>
    public void CompleteHandshake()
    {
        HandshakeCompleted = true;
        Settle();
    }

    /// <summary>No descriptor is kept for its target any more: the target is dialed now, or never.</summary>
    public void Settle()
    {
        if (!Interlocked.Exchange(ref _settled, true)) DescriptorAccount.Process.Unexpect();
    }

    /// <summary>The user that it has shown to be; null for none.</summary>
    public string? User { get; set; }

    /// <summary>By what limits know that user (<see cref="Identity.UserIdentity.Account"/>); null as before.</summary>
    public string? Account { get; set; }

    /// <summary>The key of the credential that a back-end knows that user by; null: it is a user of the configuration.</summary>
    public string? Credential { get; set; }

    /// <summary>The certificate that it has shown; null for none.</summary>
    public ClientCertificate? Certificate { get; set; }

    /// <summary>Its credentials were wrong, which is counted and logged as a failed login.</summary>
    public bool FailedLogin { get; set; }

    /// <summary>How long its handshake may take while there are places enough; null: no longer than that of any other.</summary>
    public TimeSpan? Patience { get; set; }

    /// <summary>The handshake time-out has ended it.</summary>
    public bool TimedOut { get; set; }

    /// <summary>Its place in the table's list.</summary>
    internal LinkedListNode<ClientConnection>? Node { get; set; }
}
