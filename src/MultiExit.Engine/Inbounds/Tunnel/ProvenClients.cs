using System.Net;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>The clients that have proved lately that they know the key, by address (IPv6: by prefix). Bounded: the one that has not come for
/// longest goes first. Thread-safe.</summary>
/// <remarks>Only clients that know the key get in, so no other client can push an entry out.</remarks>
internal sealed class ProvenClients(int capacity = ProvenClients.DefaultCapacity)
{
    /// <summary>About 2 MiB.</summary>
    public const int DefaultCapacity = 16_384;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Inbound, IPAddress Client), LinkedListNode<(string Inbound, IPAddress Client)>> _nodes = [];
    private readonly LinkedList<(string Inbound, IPAddress Client)> _byUse = new();

    public bool Has(string inbound, IPAddress client)
    {
        lock (_lock) return _nodes.ContainsKey((inbound, ClientPrefix.Of(client)));
    }

    public void Add(string inbound, IPAddress client)
    {
        (string, IPAddress) key = (inbound, ClientPrefix.Of(client));
        lock (_lock)
        {
            if (_nodes.TryGetValue(key, out LinkedListNode<(string, IPAddress)>? known)) _byUse.Remove(known);
            else if (_nodes.Count >= capacity) RemoveOldest();
            _nodes[key] = _byUse.AddLast(key);
        }
    }

    private void RemoveOldest()
    {
        _nodes.Remove(_byUse.First!.Value);
        _byUse.RemoveFirst();
    }
}
