using System.Net;

namespace MultiExit.Soak.Targets;

/// <summary>Where sessions go.</summary>
internal sealed class TargetSet(Ledger ledger) : IDisposable
{
    public PatternTarget Pattern { get; } = new(ledger);

    public HttpTarget Web { get; } = new(ledger);

    public UdpTarget Udp { get; } = new();

    /// <summary>Nobody listens there.</summary>
    public IPEndPoint Nobody { get; } = new(IPAddress.Loopback, Ports.Next());

    /// <summary>Connections that are open.</summary>
    public int Live => Pattern.Live + Web.Live;

    public void Dispose()
    {
        Pattern.Dispose();
        Web.Dispose();
        Udp.Dispose();
    }
}
