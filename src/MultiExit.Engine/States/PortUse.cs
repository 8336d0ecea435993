using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.States;

/// <summary>Counts the live connections of an exit by their two ends. Thread-safe.</summary>
internal sealed class PortUse
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PortPair, int> _live = [];
    private PortPair? _last;

    /// <summary>Counts a connection until it is disposed.</summary>
    public void Add(SocketStream connection)
    {
        PortPair pair = new(connection.LocalEndPoint.Address, connection.RemoteEndPoint);
        lock (_lock) CollectionsMarshal.GetValueRefOrAddDefault(_live, pair, out _)++;
        connection.OnDisposed(() => Remove(pair));
    }

    /// <summary>Adds its live connections to those pairs of ends that are counted.</summary>
    public void AddTo(Dictionary<PortPair, int> counted)
    {
        lock (_lock)
        {
            foreach ((PortPair pair, int count) in _live)
            {
                ref int sum = ref CollectionsMarshal.GetValueRefOrNullRef(counted, pair);
                if (!Unsafe.IsNullRef(ref sum)) sum += count;
            }
        }
    }

    /// <summary>The ends between which most connections live; while there is none, those of the last connection, whose ports may still rest
    /// in TIME_WAIT.</summary>
    /// <returns>False when there was none.</returns>
    public bool TryGetBusiest([NotNullWhen(true)] out PortPair? busiest)
    {
        busiest = null;
        int most = 0;
        lock (_lock)
        {
            if (_live.Count == 0) busiest = _last;
            foreach ((PortPair pair, int count) in _live)
            {
                if (count <= most) continue;
                most = count;
                busiest = pair;
            }
        }
        return busiest is not null;
    }

    private void Remove(PortPair pair)
    {
        lock (_lock)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_live, pair);
            if (--count > 0) return;
            _live.Remove(pair);
            _last = pair;
        }
    }
}
