using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Shadowsocks;

/// <summary>A method with its key, or of a client by SIP023 its keys: those of the servers on the way, and at last its own.</summary>
internal sealed class ShadowsocksSecret
{
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

    /// <summary>Makes the keys of a secret, as <see cref="ShadowsocksKeyText"/> reads it.</summary>
    public static bool TryCreate(
        ShadowsocksMethod method, Secret secret, [NotNullWhen(true)] out ShadowsocksSecret? made, [NotNullWhen(false)] out string? problem)
    {
        made = ShadowsocksKeyText.TryRead(method, secret.Reveal(), out byte[][]? keys, out problem) ? new(method, keys) : null;
        return made is not null;
    }
}
