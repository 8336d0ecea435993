using System.Net;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>Limits the new carriers of tunnel inbounds: for each client before TLS, and in all at the hello. Outlives reloads. Thread-safe.</summary>
/// <remarks>A connection alone spends nothing that others need. A whole hello spends from the budget common to all, whether it is right or
/// not: that bounds how fast a MAC of 4 bytes can be guessed. Clients that have proved the key keep half of the burst to themselves, so that
/// they pass while others have spent theirs.</remarks>
internal sealed class HandshakeRates(TimeProvider time)
{
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProvenBurst = 2 * Burst;

    private readonly RateGate<(string Inbound, IPAddress Client)> _ofClient = new(time, Burst);
    private readonly RateGate<string> _ofInbound = new(time, ProvenBurst);
    private readonly ProvenClients _proven = new();

    /// <summary>Whether a client may begin a handshake now.</summary>
    /// <param name="inbound">The inbound.</param>
    /// <param name="client">Its address.</param>
    /// <param name="perClient">Handshakes a second for each client; bursts may be twice as many.</param>
    public bool TryBegin(string inbound, IPAddress client, int perClient) =>
        _ofClient.TryPass((inbound, ClientPrefix.Of(client)), perClient);

    /// <summary>Whether a complete hello may be checked now.</summary>
    /// <param name="inbound">The inbound.</param>
    /// <param name="client">The client's address.</param>
    /// <param name="total">Hellos a second of all clients of the inbound together; bursts may be twice as many, and twice as many again are
    /// kept for clients that have proved the key.</param>
    public bool TryHello(string inbound, IPAddress client, int total) =>
        _ofInbound.TryPass(inbound, total, _proven.Has(inbound, client) ? ProvenBurst : Burst);

    /// <summary>Remembers a client whose hello was right, and no replay.</summary>
    public void Proved(string inbound, IPAddress client) => _proven.Add(inbound, client);

    /// <summary>Drops entries that no longer matter. Called periodically.</summary>
    public void Sweep()
    {
        _ofClient.Sweep();
        _ofInbound.Sweep();
    }
}
