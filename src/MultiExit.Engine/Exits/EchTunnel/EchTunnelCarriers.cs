using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;

namespace MultiExit.Engine.Exits.EchTunnel;

/// <summary>The carriers of one exit: as many as configured to each address, each replaced when it dies.</summary>
internal sealed class EchTunnelCarriers : IAsyncDisposable
{
    // Carriers whose round trip is within this much of the shortest are as good as the fastest.
    private static readonly TimeSpan SameSpeed = TimeSpan.FromMilliseconds(2);

    private readonly CarrierPool<ICarrier>[] _pools;

    public EchTunnelCarriers(EchTunnelExitConfig config, EchTunnelConnector connector, TimeProvider time)
    {
        int addresses = Math.Max(1, config.Addresses.Count);
        _pools = new CarrierPool<ICarrier>[addresses * config.Carriers];
        for (int i = 0; i < _pools.Length; i++)
        {
            int index = i;
            System.Net.IPAddress? address = config.Addresses.Count == 0 ? null : config.Addresses[i / config.Carriers];
            _pools[i] = new CarrierPool<ICarrier>(1, token => connector.ConnectAsync(address, index, token), time);
        }
    }

    /// <summary>Those that live now, the lowest index first.</summary>
    public IReadOnlyList<ICarrier> Live => [.. _pools.SelectMany(pool => pool.Carriers)];

    /// <summary>The live sessions.</summary>
    public int StreamCount => Live.Sum(carrier => carrier.StreamCount);

    /// <summary>Those that take sessions now; at least one, which is waited for. The others are opened meanwhile.</summary>
    /// <exception cref="Exception">What made the last attempt fail, when all have failed.</exception>
    public async ValueTask<IReadOnlyList<ICarrier>> GetAsync(CancellationToken cancellationToken)
    {
        List<ICarrier> live = [];
        foreach (CarrierPool<ICarrier> pool in _pools)
        {
            if (pool.Carriers.FirstOrDefault(carrier => carrier.AcceptsStreams) is { } carrier) live.Add(carrier);
            else pool.Open();
        }
        return live.Count > 0 ? live : [await FirstAsync(cancellationToken).ConfigureAwait(false)];
    }

    /// <summary>A carrier with frames for the next stream: the least loaded of the fast ones.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public async ValueTask<TunnelSession> GetWithFramesAsync(CancellationToken cancellationToken)
    {
        TunnelSession[] live = [.. (await GetAsync(cancellationToken).ConfigureAwait(false)).OfType<TunnelSession>()];
        if (live.Length == 0) throw new IOException("the server no longer speaks the frames of the tunnel");
        // Looked at once, since round trips are measured meanwhile. A carrier without a measurement counts as slower than any.
        (TunnelSession Carrier, TimeSpan RoundTrip)[] seen =
            [.. live.Select(carrier => (carrier, carrier.IsMeasured ? carrier.RoundTrip : TimeSpan.FromDays(1)))];
        TimeSpan limit = 2 * seen.Min(one => one.RoundTrip) + SameSpeed;
        return seen.Where(one => one.RoundTrip <= limit).MinBy(one => one.Carrier.StreamCount).Carrier;
    }

    public void Retire()
    {
        foreach (CarrierPool<ICarrier> pool in _pools) pool.Retire();
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_pools.Select(pool => pool.DisposeAsync().AsTask())).ConfigureAwait(false);

    private async Task<ICarrier> FirstAsync(CancellationToken cancellationToken)
    {
        List<Task<ICarrier>> opening = [.. _pools.Select(pool => pool.GetAsync(cancellationToken).AsTask())];
        while (true)
        {
            Task<ICarrier> done = await Task.WhenAny(opening).ConfigureAwait(false);
            opening.Remove(done);
            if (!done.IsCompletedSuccessfully && opening.Count > 0)
            {
                _ = done.Exception; // observed: another may still succeed
                continue;
            }
            foreach (Task<ICarrier> other in opening)
                _ = other.ContinueWith(
                    static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
                    TaskScheduler.Default);
            return await done.ConfigureAwait(false);
        }
    }
}
