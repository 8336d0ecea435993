using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing;

/// <summary>What a stream id of a <see cref="TunnelSession"/> stands for: a TCP stream or a UDP association. The frame handlers run on
/// the carrier's read loop, one at a time, and must not block.</summary>
internal interface ITunnelChannel
{
    uint Id { get; }

    /// <summary>Opens a DATA frame and takes its payload. The frame is opened in any case, since frames are counted.</summary>
    TunnelReceiveResult OnData(TunnelFrameOpener opener, ReadOnlySpan<byte> frame);

    /// <summary>Takes a datagram; the memory is the carrier's.</summary>
    TunnelReceiveResult OnDatagram(Destination address, ReadOnlySpan<byte> data);

    /// <summary>The peer sends no more.</summary>
    void OnClose();

    /// <summary>The peer grants credit.</summary>
    TunnelReceiveResult OnWindow(uint credit);

    /// <summary>The peer answers our CONNECT.</summary>
    void OnConnected(Socks5Reply reply, Destination bound);

    /// <summary>The peer or the carrier ends the channel; nothing is sent.</summary>
    /// <returns>False when it had ended already.</returns>
    bool End(Exception reason);
}
