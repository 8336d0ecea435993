using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Probing;

/// <summary>A transport whose connects are timed.</summary>
internal sealed class TimedTransport(ITransport inner, StepClock clock) : ITransport
{
    public ISocketListener Listen(IPEndPoint endPoint, SocketRoute route = default) => inner.Listen(endPoint, route);

    public UdpSocket BindUdp(IPEndPoint endPoint, SocketRoute route = default) => inner.BindUdp(endPoint, route);

    public async ValueTask<SocketStream> ConnectAsync(IPEndPoint remote, ConnectOptions options, CancellationToken cancellationToken)
    {
        clock.Begin(TunnelTestStage.Connect);
        try
        {
            SocketStream connection = await inner.ConnectAsync(remote, options, cancellationToken).ConfigureAwait(false);
            clock.End(TunnelTestStage.Connect, remote.ToString());
            return connection;
        }
        catch (SocketException exception)
        {
            clock.End(TunnelTestStage.Connect, $"{remote}: {exception.Message}", succeeded: false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
