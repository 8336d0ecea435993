using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>The stream or association that a stream id of a <see cref="TunnelSession"/> stands for: TCP or UDP. The frame handlers run on
/// the carrier's read loop, one at a time, and must not block.</summary>
internal interface ITunnelChannel
{
    uint Id { get; }

    /// <summary>Whether it was ended out of order, by either side: no frame may follow except the RESET that reports it.</summary>
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

    /// <summary>Ends the channel in both directions; has no effect when it had ended already.</summary>
    /// <param name="reason">The error that its user gets.</param>
    /// <param name="tell">The code of the RESET to the peer; null when the peer knows, or the carrier has ended.</param>
    void End(Exception reason, TunnelResetCode? tell = null);
}
