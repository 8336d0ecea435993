using System.Security.Cryptography;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Inbounds;

/// <summary>How much the keys and tokens of inbounds are in use. Outlives reloads, which may move a key to another place of its list. Thread-safe.</summary>
/// <remarks>A secret is known by its SHA-256, which never leaves this table.</remarks>
internal sealed class SecretUses
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Inbound, string Digest), SecretUse> _uses = [];

    /// <summary>The uses of an inbound's secrets, in their order. Forgets nothing: the configuration may still fail to be put in force.</summary>
    public IReadOnlyList<SecretUse> Of(string inbound, IReadOnlyList<Secret> secrets)
    {
        lock (_lock)
        {
            List<SecretUse> uses = [];
            foreach (Secret secret in secrets)
            {
                if (!_uses.TryGetValue(KeyOf(inbound, secret), out SecretUse? use)) _uses.Add(KeyOf(inbound, secret), use = new SecretUse());
                uses.Add(use);
            }
            return uses;
        }
    }

    /// <summary>A configuration is in force: secrets that are not in it are forgotten, unless there are carriers that came in with them.</summary>
    /// <param name="inbounds">Its inbounds.</param>
    public void Keep(IEnumerable<InboundConfig> inbounds)
    {
        HashSet<(string, string)> inForce = [.. inbounds.SelectMany(inbound => SecretsOf(inbound).Select(secret => KeyOf(inbound.Name, secret)))];
        lock (_lock)
        {
            foreach (((string, string) key, SecretUse use) in _uses)
                if (use.IsIdle && !inForce.Contains(key)) _uses.Remove(key);
        }
    }

    /// <summary>Finds the secret that a client gave, in the same time for each place in the list and for none.</summary>
    /// <returns>Its place, or -1.</returns>
    public static int IndexOf(IReadOnlyList<Secret> secrets, ReadOnlySpan<byte> candidate)
    {
        int found = -1;
        for (int i = 0; i < secrets.Count; i++)
        {
            bool same = secrets[i].Matches(candidate);
            found = same & found < 0 ? i : found;
        }
        return found;
    }

    private static IReadOnlyList<Secret> SecretsOf(InboundConfig inbound) => inbound switch
    {
        TunnelInboundConfig tunnel => tunnel.Keys,
        EchTunnelInboundConfig tunnel => tunnel.Tokens,
        _ => [],
    };

    private static (string Inbound, string Digest) KeyOf(string inbound, Secret secret) => (inbound, Convert.ToHexString(SHA256.HashData(secret.Reveal())));
}
