using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.WebSocket;
using System.Text;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>One target of an <see cref="EchTunnelDatagrams"/>: an association of its own on the wire.</summary>
internal sealed class EchTunnelTarget(
    EchTunnelClientCarrier carrier, EchTunnelDatagrams owner, DatagramQueue received, Destination destination) : IEchTunnelChannel
{
    // Datagrams that wait for UDP_CONNECTED; further ones are dropped.
    private const int MaxWaiting = 16;

    private readonly Lock _lock = new();
    private List<byte[]>? _waiting = [];
    private volatile bool _ended;

    public Guid Id { get; } = Guid.NewGuid();

    public bool HasEnded => _ended;

    /// <summary>Asks for the association.</summary>
    public void Open()
    {
        carrier.Add(this);
        carrier.Post(EchTunnelMessageType.UdpConnect, Id, Encoding.UTF8.GetBytes(destination.ToString()));
    }

    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_ended) return false;
            if (_waiting is not null)
            {
                if (_waiting.Count == MaxWaiting || !owner.TryHold(datagram.Length)) return false;
                _waiting.Add(datagram.ToArray());
                return true;
            }
        }
        // Waiting would gather the datagrams of all callers that give up waiting.
        if (carrier.IsFull) return false;
        await carrier.SendAsync(WebSocketOpcode.Binary, EchTunnelMessageType.UdpData, Id, datagram, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public void On(in EchTunnelMessage message)
    {
        switch (message.Type)
        {
            case EchTunnelMessageType.UdpConnected:
                SendWaiting();
                break;
            case EchTunnelMessageType.UdpData:
                message.Split(out ReadOnlySpan<byte> source, out ReadOnlySpan<byte> payload);
                if (EchTunnelAddress.TryRead(source, out Destination? address)) received.Add(address, payload);
                break;
            case EchTunnelMessageType.UdpError or EchTunnelMessageType.UdpClose:
                // The next datagram asks again.
                Leave();
                break;
        }
    }

    public void End(Exception reason)
    {
        Leave();
        owner.End(reason);
    }

    /// <summary>Ends the association and reports it to the server.</summary>
    public void Close()
    {
        if (_ended) return;
        carrier.Post(EchTunnelMessageType.UdpClose, Id);
        Leave();
    }

    private void Leave()
    {
        _ended = true;
        foreach (byte[] datagram in TakeWaiting()) owner.Release(datagram.Length);
        carrier.Remove(this);
    }

    private void SendWaiting()
    {
        foreach (byte[] datagram in TakeWaiting())
        {
            owner.Release(datagram.Length);
            if (!carrier.IsFull) carrier.Post(WebSocketOpcode.Binary, EchTunnelMessageType.UdpData, Id, datagram);
        }
    }

    private List<byte[]> TakeWaiting()
    {
        lock (_lock)
        {
            List<byte[]> waiting = _waiting ?? [];
            _waiting = null;
            return waiting;
        }
    }
}
