namespace MultiExit.Engine.Protocols;

/// <summary>What a codec made of the bytes so far.</summary>
internal enum ParseStatus : byte
{
    /// <summary>Right so far, but not complete: parse again, from the first byte on, once more has come.</summary>
    NeedMore,
    /// <summary>A whole message was read.</summary>
    Ok,
    /// <summary>No continuation of these bytes is a message.</summary>
    Invalid,
}
