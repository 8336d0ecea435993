namespace MultiExit.Engine.Protocols;

/// <summary>The result of a codec for the bytes so far.</summary>
internal enum ParseStatus : byte
{
    /// <summary>Valid so far, but not complete: parse again, from the first byte on, once more bytes have come.</summary>
    NeedMore,
    /// <summary>A whole message was read.</summary>
    Ok,
    /// <summary>No continuation of these bytes is a message.</summary>
    Invalid,
}
