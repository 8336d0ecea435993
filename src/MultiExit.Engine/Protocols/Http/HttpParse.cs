namespace MultiExit.Engine.Protocols.Http;

/// <summary>How far a parser came.</summary>
internal enum HttpParse : byte
{
    /// <summary>Nothing wrong so far; more bytes are needed.</summary>
    NeedMore,
    /// <summary>Complete.</summary>
    Ok,
    /// <summary>The peer broke the protocol.</summary>
    Invalid,
}
