namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>What a Connect opens.</summary>
internal enum TunnelConnectKind : byte
{
    Tcp = 1,
    Udp = 2,
}
