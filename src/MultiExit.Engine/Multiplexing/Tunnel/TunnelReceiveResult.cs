namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>The result of a frame for a stream.</summary>
internal enum TunnelReceiveResult : byte
{
    Ok,

    /// <summary>It could not be opened: the carrier ends.</summary>
    BadFrame,

    /// <summary>More than the peer was granted: the stream ends.</summary>
    Overrun,

    /// <summary>A frame that the state or the kind of the stream does not allow: the stream ends.</summary>
    Unexpected,
}
