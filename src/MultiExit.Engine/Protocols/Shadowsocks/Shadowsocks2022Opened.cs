namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>What an opened datagram says beside its payload (SIP022 section 3.2).</summary>
/// <param name="Seconds">The sender's time, in seconds since 1970.</param>
/// <param name="ClientId">The id of the client's session, in the datagrams of a server; null in those of a client.</param>
/// <param name="Address">Where it goes, or comes from.</param>
internal readonly record struct Shadowsocks2022Opened(ulong Seconds, ulong? ClientId, Destination Address);
