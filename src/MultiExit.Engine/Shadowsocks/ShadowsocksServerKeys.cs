using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Shadowsocks;

/// <summary>The key of a server, and those of its users (SIP023). Immutable.</summary>
internal sealed class ShadowsocksServerKeys
{
    private readonly Dictionary<UInt128, int> _byHash = [];

    /// <param name="method">The method.</param>
    /// <param name="key">The server's key.</param>
    /// <param name="users">The keys of its users.</param>
    /// <param name="hasIdentities">Whether clients say which of them they are; false: the server's key is that of all clients.</param>
    public ShadowsocksServerKeys(ShadowsocksMethod method, byte[] key, IReadOnlyList<byte[]> users, bool hasIdentities)
    {
        (Method, Key, Users, HasIdentities) = (method, key, users, hasIdentities);
        for (int i = 0; i < users.Count; i++) _byHash.TryAdd(Number(ShadowsocksKeys.HashOf(users[i])), i);
    }

    public ShadowsocksMethod Method { get; }

    public byte[] Key { get; }

    public IReadOnlyList<byte[]> Users { get; }

    /// <summary>Whether clients say which of the users they are.</summary>
    public bool HasIdentities { get; }

    /// <summary>The octets of identity headers in a request.</summary>
    public int IdentityLength => HasIdentities ? ShadowsocksIdentity.Length : 0;

    /// <summary>The place of the user whose key has this hash; null for none.</summary>
    public int? Find(ReadOnlySpan<byte> hash) => _byHash.TryGetValue(Number(hash), out int index) ? index : null;

    private static UInt128 Number(ReadOnlySpan<byte> hash) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
}
