namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>Fills the target with random bytes.</summary>
internal delegate void TunnelRandom(Span<byte> target);
