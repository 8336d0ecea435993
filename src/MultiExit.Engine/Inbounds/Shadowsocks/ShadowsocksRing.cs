using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Shadowsocks;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>The keys of an inbound and those of its users, as they are at one time. Immutable.</summary>
internal sealed class ShadowsocksRing
{
    private readonly int[] _places;

    /// <param name="method">The method.</param>
    /// <param name="key">The key of the inbound.</param>
    /// <param name="users">Its users now.</param>
    public ShadowsocksRing(ShadowsocksMethod method, byte[] key, UserDirectory users)
    {
        Users = users;
        List<byte[]> keys = [];
        List<int> places = [];
        if (method.HasIdentities())
        {
            for (int i = 0; i < users.Psks.Count; i++)
            {
                Secret psk = users.Psks[i];
                // A user may have others, for inbounds with a method of another length.
                if (!ShadowsocksKeyText.TryReadUserKey(psk.Reveal(), out byte[]? read) || read.Length != key.Length) continue;
                keys.Add(read);
                places.Add(i);
            }
        }
        _places = [.. places];
        HasIdentities = method.HasIdentities() && !users.IsEmpty;
        Keys = new ShadowsocksServerKeys(method, key, keys, HasIdentities);
    }

    /// <summary>The users.</summary>
    public UserDirectory Users { get; }

    /// <summary>The keys.</summary>
    public ShadowsocksServerKeys Keys { get; }

    /// <summary>Whether clients say who they are by a key.</summary>
    public bool HasIdentities { get; }

    /// <summary>The user of a request; a client that need not be one is let in as nobody, which null stands for.</summary>
    /// <param name="user">The place of its key in <see cref="Keys"/>.</param>
    /// <param name="client">Its address.</param>
    public LoginResult? LoginOf(int? user, IPAddress client) =>
        Users.IsEmpty ? null : HasIdentities ? Users.ByPsk(_places[user!.Value]) : Users.ByNetwork(client);

    /// <summary>The user of a request that was made with keys of before.</summary>
    /// <param name="key">The key that it was made with.</param>
    /// <param name="client">Its address.</param>
    public LoginResult? LoginOfKey(byte[] key, IPAddress client)
    {
        int? user = HasIdentities ? Keys.Find(ShadowsocksKeys.HashOf(key)) : null;
        return HasIdentities && user is null ? LoginResult.Wrong : LoginOf(user, client);
    }
}
