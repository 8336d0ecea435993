using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Inbounds;

/// <summary>Stands for a handshake before the nodes of a fleet. Whoever reads it, and does not know the key, cannot tell which one it is.</summary>
/// <param name="Value">A keyed hash of what a handshake has that no other one has.</param>
/// <param name="Lifetime">How long nodes have to know it.</param>
internal readonly record struct ReplayMark(Guid Value, TimeSpan Lifetime)
{
    // Beyond what each protocol allows, for nodes whose clocks differ.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    // A handshake may be dated 300 s ahead, and is valid until 300 s behind that.
    private static readonly TimeSpan OfTunnel = TimeSpan.FromSeconds(600) + Skew;

    // The same with 30 s.
    private static readonly TimeSpan OfTimed = TimeSpan.FromSeconds(60) + Skew;

    // Such a request is valid for ever; a store has to end somewhere.
    private static readonly TimeSpan OfUntimed = TimeSpan.FromDays(1);

    /// <summary>The mark of a handshake: the same on all nodes that have the key.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="key">The key that it was made with.</param>
    /// <param name="random">Its random, or its salt.</param>
    public static ReplayMark Of(ReplayKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> random)
    {
        (string info, TimeSpan lifetime) = kind switch
        {
            ReplayKind.Tunnel => ("multiexit fleet replay tunnel", OfTunnel),
            ReplayKind.TimedShadowsocks => ("multiexit fleet replay shadowsocks 2022", OfTimed),
            _ => ("multiexit fleet replay shadowsocks", OfUntimed),
        };
        Span<byte> own = stackalloc byte[SHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, own, salt: [], Encoding.ASCII.GetBytes(info));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        HMACSHA256.HashData(own, random, hash);
        CryptographicOperations.ZeroMemory(own);
        return new ReplayMark(new Guid(hash[..16], bigEndian: true), lifetime);
    }

    /// <summary>The mark of a tunnel's handshake.</summary>
    /// <param name="key">The master key.</param>
    /// <param name="random">The client's random.</param>
    public static ReplayMark OfTunnelHello(ReadOnlySpan<byte> key, UInt128 random)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, random);
        return Of(ReplayKind.Tunnel, key, octets);
    }
}
