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

    /// <summary>The other ends of connections that are open, and since when.</summary>
    public IReadOnlyList<KeyValuePair<IPEndPoint, DateTime>> Live => [.. Pattern.Live, .. Web.Live];

    public void Dispose()
    {
        Pattern.Dispose();
        Web.Dispose();
        Udp.Dispose();
    }
}
