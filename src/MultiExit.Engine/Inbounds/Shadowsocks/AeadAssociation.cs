using System.Security.Cryptography;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>A client by SIP007: an address and a port. Each datagram has a salt of its own, so nothing else is kept.</summary>
/// <param name="method">The method.</param>
/// <param name="key">The key.</param>
/// <param name="user">The user that the client is.</param>
internal sealed class AeadAssociation(ShadowsocksMethod method, byte[] key, UserIdentity? user) : ShadowsocksAssociation(user)
{
    public override int Overhead => ShadowsocksPacket.MaxOverhead;

    public override int Seal(Destination source, ReadOnlySpan<byte> payload, Span<byte> target)
    {
        Span<byte> salt = stackalloc byte[ShadowsocksMethods.MaxKeyLength];
        salt = salt[..method.KeyLength()];
        RandomNumberGenerator.Fill(salt);
        return ShadowsocksPacket.Seal(method, key, salt, source, payload, target);
    }

    public override void Dispose()
    {
    }
}
