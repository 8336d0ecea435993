namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>Why a stream was reset. Unknown codes are kept and mean the same as <see cref="Internal"/>.</summary>
internal enum TunnelResetCode : byte
{
    /// <summary>The sender's user gave up the stream (the local connection was aborted or closed).</summary>
    Cancelled = 0,

    /// <summary>A frame that the state of the stream does not allow.</summary>
    ProtocolError = 1,

    /// <summary>More data than there was credit, or credit beyond the limit.</summary>
    FlowControl = 2,

    /// <summary>The stream was not started (too many streams, or draining); it is safe to open it on another carrier.</summary>
    Refused = 3,

    /// <summary>The sender cannot go on, through no fault of the peer.</summary>
    Internal = 4,

    /// <summary>The connection behind the sender was reset or broke.</summary>
    ConnectionReset = 5,

    /// <summary>The stream was idle, or an operation on it took too long.</summary>
    TimedOut = 6,
}
