namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The type of a frame. Ping, Pong, Padding and GoAway belong to the carrier (stream id 0), the others to a stream.</summary>
internal enum TunnelFrameType : byte
{
    /// <summary>Opens a stream; the body is a <see cref="TunnelConnect"/>.</summary>
    Connect = 2,

    /// <summary>Bytes of a TCP stream; they use up credit.</summary>
    Data = 3,

    /// <summary>The sender sends no more data; the other direction goes on. No body.</summary>
    Close = 4,

    /// <summary>Ends both directions at once; the body is a <see cref="TunnelResetCode"/>.</summary>
    Reset = 5,

    /// <summary>The answer to Connect; the body is a <see cref="TunnelConnected"/>.</summary>
    Connected = 6,

    /// <summary>More credit for the receiver of this frame; the body is the number of bytes, 4 bytes.</summary>
    Window = 7,

    /// <summary>Asks for a Pong with the same 8 bytes.</summary>
    Ping = 8,

    /// <summary>The answer to Ping.</summary>
    Pong = 9,

    /// <summary>One UDP datagram; the body is a <see cref="TunnelDatagram"/>.</summary>
    Datagram = 10,

    /// <summary>No meaning; the body is ignored.</summary>
    Padding = 11,

    /// <summary>No stream above the id in the body is or will be served on this carrier.</summary>
    GoAway = 12,
}
