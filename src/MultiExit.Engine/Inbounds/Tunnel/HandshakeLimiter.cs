using System.Net;
using System.Threading.RateLimiting;
using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>Limits new carriers, for each client address and in all. An IPv6 client is its /64: it has all those addresses.</summary>
/// <param name="perClient">Handshakes a second for each client; bursts may be twice as many.</param>
/// <param name="total">Handshakes a second of all.</param>
internal sealed class HandshakeLimiter(int perClient, int total) : IDisposable
{
    private readonly TokenBucketRateLimiter _total = new(Bucket(total));
    private readonly PartitionedRateLimiter<IPAddress> _clients = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address => RateLimitPartition.GetTokenBucketLimiter(ClientPrefix.Of(address), _ => Bucket(perClient)));

    public bool TryTake(IPAddress client)
    {
        try
        {
            using RateLimitLease ofClient = _clients.AttemptAcquire(client);
            if (!ofClient.IsAcquired) return false;
            using RateLimitLease ofAll = _total.AttemptAcquire();
            return ofAll.IsAcquired;
        }
        catch (ObjectDisposedException)
        {
            return true; // accepted just before a reload put another inbound in this one's place
        }
    }

    public void Dispose()
    {
        _clients.Dispose();
        _total.Dispose();
    }

    private static TokenBucketRateLimiterOptions Bucket(int perSecond) => new()
    {
        TokenLimit = 2 * perSecond,
        TokensPerPeriod = perSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
    };
}
