using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Exits;

namespace MultiExit.Engine.Exits.Direct;

/// <summary>The peers that an association has sent to, where a filter lets only those answer. Thread-safe.</summary>
internal sealed class UdpPeers(UdpFilter filter, TimeProvider time)
{
    /// <summary>How long a peer may answer after the last datagram to it (RFC 4787 section 4.3, REQ-5: 5 minutes are recommended).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>The most peers; beyond that, the peer that was sent to longest ago is forgotten.</summary>
    public const int Capacity = 1024;

    private readonly Dictionary<IPEndPoint, long> _sent = [];

    /// <summary>Notes a datagram to a peer.</summary>
    public void Sent(IPEndPoint target)
    {
        if (filter == UdpFilter.None) return;
        IPEndPoint key = Key(target);
        lock (_sent)
        {
            if (_sent.Count >= Capacity && !_sent.ContainsKey(key)) _sent.Remove(_sent.MinBy(peer => peer.Value).Key);
            _sent[key] = time.GetTimestamp();
        }
    }

    /// <summary>Whether a datagram from there is taken.</summary>
    public bool MayAnswer(IPEndPoint source)
    {
        if (filter == UdpFilter.None) return true;
        lock (_sent) return _sent.TryGetValue(Key(source), out long at) && time.GetElapsedTime(at) < Lifetime;
    }

    // The destination of a datagram has no scope where the name or the client gave none; the source of a received one has.
    private IPEndPoint Key(IPEndPoint peer)
    {
        IPAddress address = peer.Address.IsIPv4MappedToIPv6 ? peer.Address.MapToIPv4() : peer.Address;
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0) address = new IPAddress(address.GetAddressBytes());
        return new IPEndPoint(address, filter == UdpFilter.Port ? peer.Port : 0);
    }
}
