using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Shadowsocks;

/// <summary>What a client has asked for.</summary>
/// <param name="Destination">The target.</param>
/// <param name="First">The client's first bytes.</param>
/// <param name="Salt">The salt of the request, which the answer names.</param>
/// <param name="User">The place of its user; null for none.</param>
/// <param name="Key">The key of the connection.</param>
/// <param name="Opener">Opens what follows.</param>
internal sealed record ShadowsocksRequest(
    Destination Destination, ReadOnlyMemory<byte> First, byte[] Salt, int? User, byte[] Key, ShadowsocksOpener Opener);
