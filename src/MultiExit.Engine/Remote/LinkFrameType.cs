namespace MultiExit.Engine.Remote;

/// <summary>What a frame of a control link is. An unknown one ends the link.</summary>
internal enum LinkFrameType : byte
{
    /// <summary>Opens a channel; the payload is the name of a server, or nothing for the list of servers.</summary>
    Open = 1,

    /// <summary>Bytes of a channel.</summary>
    Data = 2,

    /// <summary>This side sends no more on the channel.</summary>
    End = 3,

    /// <summary>The channel is over; the payload is a sentence that says why, or nothing.</summary>
    Reset = 4,

    /// <summary>The peer may send so many bytes more on the channel; the payload is the number, 4 octets.</summary>
    Credit = 5,
}
