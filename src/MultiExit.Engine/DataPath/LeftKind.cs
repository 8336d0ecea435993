namespace MultiExit.Engine.DataPath;

/// <summary>Where the connection that left leads.</summary>
internal enum LeftKind
{
    /// <summary>To the target: the target sees its source.</summary>
    Target,

    /// <summary>To a proxy, for this session alone.</summary>
    Proxy,

    /// <summary>To a tunnel server, with other sessions on it.</summary>
    Carrier,
}
