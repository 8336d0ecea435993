namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The content of a handshake message.</summary>
/// <param name="Method">The method: proposed by the client, repeated by the server.</param>
/// <param name="Flags">The flags: those that the client asks for; in the server's message, those in force. Unknown bits are kept.</param>
/// <param name="Random">The 16 random bytes as a big-endian number; a client's is its key in the replay cache.</param>
/// <param name="Timestamp">The sender's time in Unix seconds.</param>
internal readonly record struct TunnelHello(TunnelMethod Method, TunnelFlags Flags, UInt128 Random, long Timestamp);
