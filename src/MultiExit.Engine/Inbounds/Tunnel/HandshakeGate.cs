using System.Net;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>Limits the new carriers of tunnel inbounds, for each client and in all. Outlives reloads. Thread-safe.</summary>
internal sealed class HandshakeGate(TimeProvider time)
{
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(2);

    private readonly RateGate<(string Inbound, IPAddress Client)> _ofClient = new(time, Burst);
    private readonly RateGate<string> _ofInbound = new(time, Burst);

    /// <summary>Whether a client may begin a handshake now.</summary>
    /// <param name="inbound">The inbound.</param>
    /// <param name="client">Its address.</param>
    /// <param name="perClient">Handshakes a second for each client; bursts may be twice as many.</param>
    /// <param name="total">The same for all clients of the inbound together.</param>
    public bool TryPass(string inbound, IPAddress client, int perClient, int total) =>
        _ofClient.TryPass((inbound, ClientPrefix.Of(client)), perClient) && _ofInbound.TryPass(inbound, total);

    /// <summary>Forgets what no longer matters. Called periodically.</summary>
    public void Sweep()
    {
        _ofClient.Sweep();
        _ofInbound.Sweep();
    }
}
