namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The direction that a set of keys protects.</summary>
internal enum TunnelDirection : byte
{
    ClientToServer,
    ServerToClient,
}
