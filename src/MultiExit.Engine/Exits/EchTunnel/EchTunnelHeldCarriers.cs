namespace MultiExit.Engine.Exits.EchTunnel;

/// <summary>Carriers in the plain format for readers that the server's own limits hold back: a set for each limit, since a carrier that is
/// read at the pace of one of its sessions makes the others wait. A set closes when it has been without sessions for a while.</summary>
/// <param name="create">Makes a set.</param>
/// <param name="time">The clock.</param>
internal sealed class EchTunnelHeldCarriers(Func<EchTunnelCarriers> create, TimeProvider time) : IAsyncDisposable
{
    // A set without sessions closes after one to two of these.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<object, EchTunnelCarriers> _sets = [];
    private readonly HashSet<object> _idle = [];
    private ITimer? _sweeper;
    private bool _retired;
    private bool _disposed;

    /// <summary>The sets that exist now.</summary>
    public IReadOnlyList<EchTunnelCarriers> Sets
    {
        get
        {
            lock (_lock) return [.. _sets.Values];
        }
    }

    /// <summary>The set for readers that are held back together.</summary>
    public EchTunnelCarriers For(object group)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _idle.Remove(group);
            if (_sets.TryGetValue(group, out EchTunnelCarriers? set)) return set;
            _sets[group] = set = create();
            if (_retired) set.Retire();
            _sweeper ??= time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
            return set;
        }
    }

    public void Retire()
    {
        lock (_lock) _retired = true;
        foreach (EchTunnelCarriers set in Sets) set.Retire();
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed = true;
            _sweeper?.Dispose();
        }
        await Task.WhenAll(Sets.Select(set => set.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private void Sweep()
    {
        List<EchTunnelCarriers> unused = [];
        lock (_lock)
        {
            foreach ((object group, EchTunnelCarriers set) in _sets)
            {
                if (set.StreamCount > 0 || _idle.Add(group)) continue;
                _idle.Remove(group);
                _sets.Remove(group);
                unused.Add(set);
            }
            if (_sets.Count == 0)
            {
                // A held set must not keep an exit alive that a reload has put out of force.
                _sweeper?.Dispose();
                _sweeper = null;
            }
        }
        foreach (EchTunnelCarriers set in unused) set.Retire();
    }
}
