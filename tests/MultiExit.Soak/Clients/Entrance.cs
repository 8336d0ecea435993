namespace MultiExit.Soak.Clients;

/// <summary>An inbound of the near server, and the protocol that is spoken to it.</summary>
internal enum Entrance
{
    Socks5,
    Http,
    MixedSocks5,
    MixedHttp,
    WebSocket,
    ForwardOut,
    ForwardTunnel,
}
