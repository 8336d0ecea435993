namespace MultiExit.Engine.Protocols.Socks4;

/// <summary>What a SOCKS4 client asks for.</summary>
internal enum Socks4Command : byte
{
    /// <summary>A connection to an address.</summary>
    Connect = 1,

    /// <summary>A port to which somebody connects.</summary>
    Bind = 2,
}
