using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.States.Leases;

/// <summary>Sockets of an address that this node may use only while it has the lease: each connect looks at the clock, one that is under way ends with the
/// lease, and what is open is cut then.</summary>
/// <param name="inner">Makes the sockets; it is not disposed with this.</param>
/// <param name="lease">The lease.</param>
internal sealed class LeasedTransport(ITransport inner, ExitLease lease) : ITransport
{
    public ISocketListener Listen(IPEndPoint endPoint, SocketRoute route = default) => inner.Listen(endPoint, route);

    public async ValueTask<SocketStream> ConnectAsync(IPEndPoint remote, ConnectOptions options, CancellationToken cancellationToken)
    {
        LeaseGrant grant = lease.Current ?? throw NotHeld();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, grant.Ended);
        SocketStream connection;
        try
        {
            connection = await inner.ConnectAsync(remote, options, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw NotHeld();
        }
        connection.OnDisposed(() => lease.Forget(connection));
        return lease.Track(grant, connection) ? connection : throw NotHeld();
    }

    public UdpSocket BindUdp(IPEndPoint endPoint, SocketRoute route = default)
    {
        LeaseGrant grant = lease.Current ?? throw NotHeld();
        UdpSocket socket = inner.BindUdp(endPoint, route);
        return lease.Track(grant, socket) ? socket : throw NotHeld();
    }

    public ValueTask DisposeAsync() => default;

    private SocketException NotHeld() => new((int)SocketError.AddressNotAvailable, lease.Refusal ?? "the lease of its address has ended");
}
