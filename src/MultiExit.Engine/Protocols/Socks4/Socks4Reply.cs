namespace MultiExit.Engine.Protocols.Socks4;

/// <summary>The answers of a SOCKS4 server (SOCKS: A protocol for TCP proxy across firewalls).</summary>
internal enum Socks4Reply : byte
{
    /// <summary>The request is granted.</summary>
    Granted = 0x5A,

    /// <summary>It is rejected, or has failed.</summary>
    Rejected = 0x5B,

    /// <summary>It is rejected because the server does not know the client.</summary>
    NotIdentified = 0x5C,

    /// <summary>It is rejected because the user id is not the one that is expected.</summary>
    WrongUser = 0x5D,
}
