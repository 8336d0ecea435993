using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.Transparent;

/// <summary>A transport whose sockets for answers have an address of this host in place of another's, so that no privilege is needed.</summary>
internal sealed class UnprivilegedTransport : ITransport
{
    /// <summary>The addresses that sockets were asked for, in order.</summary>
    public ConcurrentQueue<IPEndPoint> Asked { get; } = new();

    /// <summary>Whether no socket can be had.</summary>
    public bool Refuses { get; set; }

    public ISocketListener Listen(IPEndPoint endPoint, SocketRoute route = default) => throw new NotSupportedException();

    public ValueTask<SocketStream> ConnectAsync(IPEndPoint remote, ConnectOptions options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public UdpSocket BindUdp(IPEndPoint endPoint, SocketRoute route = default)
    {
        Assert.True(route is { Transparent: true, SharesAddress: true });
        Asked.Enqueue(endPoint);
        return Refuses ? throw new SocketException((int)SocketError.AccessDenied) : new UdpSocket(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public ValueTask DisposeAsync() => default;
}
