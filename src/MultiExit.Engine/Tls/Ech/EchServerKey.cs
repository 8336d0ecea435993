using MultiExit.Engine.Configuration;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>A key of a server.</summary>
/// <param name="Config">The config for clients.</param>
/// <param name="PrivateKey">The X25519 key, 32 bytes.</param>
internal sealed record EchServerKey(EchConfig Config, Secret PrivateKey);
