using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>What a stream id of a <see cref="TunnelSession"/> stands for: a TCP stream or a UDP association. The frame handlers run on
/// the carrier's read loop, one at a time, and must not block.</summary>
internal interface ITunnelChannel
{
    uint Id { get; }

    /// <summary>Whether it was ended out of order, by either side: nothing may follow but the RESET that says so.</summary>
    bool WasReset { get; }

    /// <summary>Opens a DATA frame and takes its payload. The frame is opened in any case, since frames are counted.</summary>
    TunnelReceiveResult OnData(TunnelFrameOpener opener, ReadOnlySpan<byte> frame);

    /// <summary>Takes a datagram; the memory is the carrier's.</summary>
    TunnelReceiveResult OnDatagram(Destination address, ReadOnlySpan<byte> data);

    /// <summary>The peer sends no more.</summary>
    TunnelReceiveResult OnClose();

    /// <summary>The peer grants credit.</summary>
    TunnelReceiveResult OnWindow(uint credit);

    /// <summary>The peer answers our CONNECT. A failure ends the channel.</summary>
    TunnelReceiveResult OnConnected(Socks5Reply reply, Destination bound);

    /// <summary>Ends the channel in both directions; what it did before holds when it had ended already.</summary>
    /// <param name="reason">What its user is told.</param>
    /// <param name="tell">What RESET tells the peer; null when the peer knows, or the carrier has ended.</param>
    void End(Exception reason, TunnelResetCode? tell = null);
}
