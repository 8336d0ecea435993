using System.Diagnostics.CodeAnalysis;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Shadowsocks;

/// <summary>A method with its key, or of a client by SIP023 its keys: those of the servers on the way, and at last its own.</summary>
internal sealed class ShadowsocksSecret
{
    // As many relays as anybody chains, and the server.
    private const int MaxKeys = 8;

    private ShadowsocksSecret(ShadowsocksMethod method, byte[][] keys)
    {
        Method = method;
        Key = keys[^1];
        Identities = [.. keys[..^1]];
        Hashes = [.. keys[1..].Select(key => ShadowsocksKeys.HashOf(key))];
    }

    public ShadowsocksMethod Method { get; }

    /// <summary>The key of the connection.</summary>
    public byte[] Key { get; }

    /// <summary>The keys that identity headers are encrypted with, the first server's first; empty for none.</summary>
    public IReadOnlyList<byte[]> Identities { get; }

    /// <summary>What each identity header says.</summary>
    public IReadOnlyList<byte[]> Hashes { get; }

    /// <summary>Makes the keys of a secret: a password by SIP004; by SIP022 the key itself as base64, by SIP023 several with colons between.</summary>
    /// <param name="method">The method.</param>
    /// <param name="secret">The text.</param>
    /// <param name="made">The keys.</param>
    /// <param name="problem">Why it is none, without a part of it.</param>
    public static bool TryCreate(
        ShadowsocksMethod method, Secret secret, [NotNullWhen(true)] out ShadowsocksSecret? made, [NotNullWhen(false)] out string? problem)
    {
        made = null;
        problem = null;
        ReadOnlySpan<byte> text = secret.Reveal();
        if (!method.Is2022())
        {
            made = new(method, [ShadowsocksKeys.FromPassword(text, method.KeyLength())]);
            return true;
        }
        string[] parts = Encoding.UTF8.GetString(text).Split(':');
        byte[][] keys = new byte[parts.Length][];
        for (int i = 0; i < parts.Length; i++)
        {
            keys[i] = new byte[method.KeyLength()];
            if (Convert.TryFromBase64String(parts[i], keys[i], out int length) && length == keys[i].Length) continue;
            problem = $"{method.Name()} has keys of {method.KeyLength()} random octets as base64, such as `openssl rand -base64 {method.KeyLength()}` prints";
            return false;
        }
        if (keys.Length > MaxKeys) problem = $"at most {MaxKeys} keys stand behind each other";
        else if (keys.Length > 1 && method.IsChaCha()) problem = $"{method.Name()} has no identity headers, so one key only";
        if (problem is not null) return false;
        made = new(method, keys);
        return true;
    }
}
