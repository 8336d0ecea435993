using System.Collections.Concurrent;
using System.Net;

namespace MultiExit.Engine.Transport;

/// <summary>The connections of this process to its own listeners, by their two ends: a request that comes in on one of them was sent by an exit
/// of this process, and has come through one listener more than the request that it was dialed for. Thread-safe.</summary>
/// <remarks>A request that comes round again and again is ended (docs/decisions/0075-a-request-that-comes-round-ends.md). Where addresses are
/// translated between the two ends they do not match; then time-outs and limits end it.</remarks>
internal sealed class OwnConnections
{
    /// <summary>The most listeners of this process that a request may come through after the first one.</summary>
    public const int MaxHops = 4;

    // The connection of a client that sends nothing first may be looked up before its dial has returned.
    private const int MaxLooks = 50;
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(2);

    private readonly ConcurrentDictionary<int, int> _ports = new();
    private readonly ConcurrentDictionary<(IPEndPoint Client, IPEndPoint Local), Cause> _dialed = new();
    private int _dialing;

    /// <summary>The connections of this process.</summary>
    public static OwnConnections Process { get; } = new();

    /// <summary>A listener has been bound.</summary>
    public void Add(int port) => _ports.AddOrUpdate(port, 1, static (_, count) => count + 1);

    /// <summary>A listener has been closed.</summary>
    public void Remove(int port) => _ports.AddOrUpdate(port, 0, static (_, count) => count - 1);

    /// <summary>Begins to dial.</summary>
    /// <param name="port">The port there.</param>
    public Dial Begin(int port)
    {
        bool mayBeOwn = _ports.TryGetValue(port, out int listeners) && listeners > 0;
        if (mayBeOwn) Interlocked.Increment(ref _dialing);
        return new Dial(this, mayBeOwn);
    }

    /// <summary>How many listeners of this process a request has come through after the first one.</summary>
    /// <param name="client">Its client.</param>
    /// <param name="local">The address that the client came in on.</param>
    public int HopsOf(IPEndPoint client, IPEndPoint local)
    {
        int hops = 0;
        while (hops <= MaxHops && _dialed.TryGetValue((client, local), out Cause? cause))
        {
            hops++;
            if (cause.Carried is { } carried) return hops + carried.Most;
            if (cause.Client is null) return hops;
            (client, local) = (cause.Client, cause.Local!);
        }
        return hops;
    }

    /// <summary>The same for a request that has just come in.</summary>
    public ValueTask<int> CountAsync(IPEndPoint client, IPEndPoint local, CancellationToken cancellationToken)
    {
        int hops = HopsOf(client, local);
        return hops == 0 && Volatile.Read(ref _dialing) > 0 && MayBeOwn(client, local) ? LookAgainAsync(client, local, cancellationToken) : new(hops);
    }

    private async ValueTask<int> LookAgainAsync(IPEndPoint client, IPEndPoint local, CancellationToken cancellationToken)
    {
        int hops = 0;
        for (int i = 0; i < MaxLooks && hops == 0 && Volatile.Read(ref _dialing) > 0; i++)
        {
            await Task.Delay(LookPause, cancellationToken).ConfigureAwait(false);
            hops = HopsOf(client, local);
        }
        return hops == 0 ? HopsOf(client, local) : hops;
    }

    private static bool MayBeOwn(IPEndPoint client, IPEndPoint local) =>
        IPAddress.IsLoopback(client.Address) || client.Address.Equals(local.Address);

    // The origin of a connection: the ends of the client's own connection, or the requests on a carrier; neither for a probe. Each
    // connection has an object of its own, which equals no other.
    private sealed class Cause(IPEndPoint? client, IPEndPoint? local, CarriedHops? carried)
    {
        public IPEndPoint? Client => client;

        public IPEndPoint? Local => local;

        public CarriedHops? Carried => carried;
    }

    /// <summary>A dial that is under way.</summary>
    internal readonly struct Dial(OwnConnections own, bool mayBeOwn) : IDisposable
    {
        /// <summary>It has connected; nothing was sent yet.</summary>
        /// <param name="connection">The connection.</param>
        /// <param name="client">The client that it was dialed for; null: it was for a carrier, or for no client.</param>
        /// <param name="local">The address that this client came in on.</param>
        /// <param name="carried">The requests on the carrier that it is for; null: it is not for a carrier.</param>
        public void Connected(SocketStream connection, IPEndPoint? client, IPEndPoint? local, CarriedHops? carried)
        {
            if (!mayBeOwn) return;
            (IPEndPoint here, IPEndPoint there) = (connection.LocalEndPoint, connection.RemoteEndPoint);
            bool isOwn = IPAddress.IsLoopback(there.Address) || here.Address.Equals(there.Address) || there.Address.Equals(IPAddress.Any)
                || there.Address.Equals(IPAddress.IPv6Any) || LocalAddresses.System.Contains(there.Address);
            if (!isOwn) return;
            if (there.Address.Equals(IPAddress.Any) || there.Address.Equals(IPAddress.IPv6Any)) there = new IPEndPoint(here.Address, there.Port);
            OwnConnections table = own;
            KeyValuePair<(IPEndPoint Client, IPEndPoint Local), Cause> entry = new((here, there), new Cause(client, local, carried));
            table._dialed[entry.Key] = entry.Value;
            // The system may have given its ends to another one by then.
            connection.OnDisposed(() => table._dialed.TryRemove(entry));
        }

        public void Dispose()
        {
            if (mayBeOwn) Interlocked.Decrement(ref own._dialing);
        }
    }
}
