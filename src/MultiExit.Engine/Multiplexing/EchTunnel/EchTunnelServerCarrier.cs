using System.Collections.Concurrent;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>The server's end of a carrier in the plain format.</summary>
/// <param name="socket">The connection after its handshake.</param>
/// <param name="ids">The ids of the live sessions of all carriers of the inbound.</param>
/// <param name="options">The most live sessions of the carrier, and the bytes they may hold unread.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Takes a line for the log.</param>
/// <param name="accept">Serves a session that the client opened, to its end.</param>
internal sealed class EchTunnelServerCarrier(
    WebSocketConnection socket, ConcurrentDictionary<Guid, EchTunnelServerCarrier> ids, TunnelSessionOptions options, TimeProvider time,
    Action<string> warn, Func<EchTunnelOpen, Task> accept) : EchTunnelCarrier(socket, options, time, warn)
{
    private const int MaxIndexLength = 16;
    private int _served;

    /// <summary>Whether the client has another carrier on which a new session would not wait.</summary>
    public Func<bool> ClientHasAnotherWay { get; init; } = () => false;

    // The client's requests are queued behind the data that is not read, so a client without another carrier may be waiting.
    protected override bool OthersWait => base.OthersWait || !ClientHasAnotherWay();

    protected override void OnMessage(in EchTunnelMessage message)
    {
        switch (message.Type)
        {
            case EchTunnelMessageType.Claim:
                OnClaim(message);
                break;
            case EchTunnelMessageType.Tcp:
                OnTcp(message);
                break;
            case EchTunnelMessageType.Close:
                // The answer first: with its last session the carrier may end.
                Post(EchTunnelMessageType.Close, message.Id);
                Find(message.Id)?.On(message);
                break;
            case EchTunnelMessageType.UdpConnect:
                OnUdpConnect(message);
                break;
            case EchTunnelMessageType.UdpData or EchTunnelMessageType.UdpClose:
                Find(message.Id)?.On(message);
                break;
            default:
                throw new ProxyException(ProxyError.ProtocolViolation, $"the client sent {message.Type}, which only servers send");
        }
    }

    protected override void OnRemoved(IEchTunnelChannel channel) => ids.TryRemove(new(channel.Id, this));

    // A claim that comes when another carrier has the session already has lost the race.
    private void OnClaim(in EchTunnelMessage message)
    {
        if (message.Rest.Length > MaxIndexLength) throw new ProxyException(ProxyError.ProtocolViolation, "a claim has no channel index");
        if (!ids.ContainsKey(message.Id)) Post(EchTunnelMessageType.ClaimAck, message.Id, message.Rest.ToArray());
    }

    private void OnTcp(in EchTunnelMessage message)
    {
        message.Split(out ReadOnlySpan<byte> target, out ReadOnlySpan<byte> firstFrame);
        // The first frame is held until the dial is over, and no other bound of memory counts it.
        bool fits = firstFrame.Length <= EchTunnelWire.MaxFirstFrame;
        if (!fits || !EchTunnelAddress.TryRead(target, out Destination? destination) || !TryEnter(message.Id))
        {
            Post(EchTunnelMessageType.Close, message.Id);
            return;
        }
        EchTunnelStream stream = new(this, message.Id, isServer: true);
        Serve(stream, new EchTunnelOpen(stream, destination, firstFrame.ToArray()));
    }

    private void OnUdpConnect(in EchTunnelMessage message)
    {
        bool readable = EchTunnelAddress.TryRead(message.Rest, out Destination? destination);
        if (readable && Find(message.Id) is EchTunnelAssociation known)
        {
            known.SendTo(destination!);
            return;
        }
        if (!readable || !TryEnter(message.Id))
        {
            Post(EchTunnelMessageType.UdpError, message.Id, readable ? "too many sessions"u8.ToArray() : "the target is not host:port"u8.ToArray());
            return;
        }
        EchTunnelAssociation association = new(this, message.Id, destination!);
        Serve(association, new EchTunnelOpen(association, destination!, default));
    }

    // An id is of one session only, whatever the carrier.
    private bool TryEnter(Guid id) => Failure is null && !Memory.IsFull && Volatile.Read(ref _served) < MaxSessions && ids.TryAdd(id, this);

    // Counted until it has been served to its end, not until it is closed: a session that is closed at once may still be dialing.
    private void Serve(IEchTunnelChannel channel, EchTunnelOpen open)
    {
        Interlocked.Increment(ref _served);
        Memory.Hold(open.FirstFrame.Length);
        TryAdd(channel);
        _ = ServeAsync(open);
    }

    private async Task ServeAsync(EchTunnelOpen open)
    {
        try
        {
            await accept(open).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _served);
            Memory.Hold(-open.FirstFrame.Length);
        }
    }
}
