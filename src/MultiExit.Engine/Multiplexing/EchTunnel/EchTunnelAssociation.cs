using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>A UDP association on the server. Its datagrams go to the target that UDP_CONNECT named last; answers carry their source.</summary>
internal sealed class EchTunnelAssociation(EchTunnelCarrier carrier, Guid id, Destination target) : IEchTunnelChannel, IDatagramFlow
{
    private const int MaxUnanswered = 64;

    private readonly DatagramQueue _received = new(carrier.Memory);
    private readonly Lock _lock = new();
    private volatile Destination _target = target;
    private int _unanswered = 1;
    private int _ended;

    public Guid Id => id;

    /// <summary>Reports to the client whether the association stands, once for each target it has named.</summary>
    public void Answer(DialFailure failure)
    {
        int named;
        lock (_lock) (named, _unanswered) = (_unanswered, 0);
        for (int i = 0; i < named; i++)
        {
            if (failure == DialFailure.None) carrier.Post(EchTunnelMessageType.UdpConnected, id);
            else carrier.Post(EchTunnelMessageType.UdpError, id, "refused"u8.ToArray());
        }
    }

    /// <summary>The client has another target for the datagrams that follow.</summary>
    public void SendTo(Destination other)
    {
        _target = other;
        lock (_lock)
        {
            // With the first one's answer.
            if (_unanswered > 0)
            {
                _unanswered = Math.Min(_unanswered + 1, MaxUnanswered);
                return;
            }
        }
        carrier.Post(EchTunnelMessageType.UdpConnected, id);
    }

    public async ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _ended) != 0) return false;
        byte[] rest = new byte[EchTunnelAddress.GetLength(destination) + 1 + datagram.Length];
        int length = EchTunnelAddress.Write(rest, destination);
        rest[length++] = (byte)'|';
        datagram.CopyTo(rest.AsMemory(length));
        await carrier.SendAsync(WebSocketOpcode.Binary, EchTunnelMessageType.UdpData, id, rest, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _received.ReceiveAsync(buffer, cancellationToken);

    public void On(in EchTunnelMessage message)
    {
        if (message.Type == EchTunnelMessageType.UdpData) _received.Add(_target, message.Rest);
        else if (message.Type == EchTunnelMessageType.UdpClose) End(new AssociationEndedException());
    }

    public void End(Exception reason)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        carrier.Remove(this);
        _received.End(reason);
    }

    /// <summary>Ends the association here and reports it to the client.</summary>
    public void Abort()
    {
        if (Volatile.Read(ref _ended) == 0) carrier.Post(EchTunnelMessageType.UdpError, id, "the association has ended"u8.ToArray());
        End(new IOException("the association was closed on this side"));
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        _received.Clear();
        return default;
    }
}
