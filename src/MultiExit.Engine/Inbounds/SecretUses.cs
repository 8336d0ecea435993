using System.Security.Cryptography;
using MultiExit.Engine.Configuration;

namespace MultiExit.Engine.Inbounds;

/// <summary>How much the keys and tokens of inbounds are in use. Outlives reloads, which may move a key to another place of its list. Thread-safe.</summary>
/// <remarks>A secret is known by its SHA-256, which never leaves this table.</remarks>
internal sealed class SecretUses
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, SecretUse>> _ofInbounds = new(StringComparer.Ordinal);

    /// <summary>The uses of an inbound's secrets, in their order. Others that no carrier came in with are forgotten.</summary>
    public IReadOnlyList<SecretUse> Of(string inbound, IReadOnlyList<Secret> secrets)
    {
        lock (_lock)
        {
            if (!_ofInbounds.TryGetValue(inbound, out Dictionary<string, SecretUse>? before)) before = [];
            Dictionary<string, SecretUse> now = new(before.Where(use => !use.Value.IsIdle), StringComparer.Ordinal);
            List<SecretUse> uses = [];
            foreach (Secret secret in secrets)
            {
                string digest = Convert.ToHexString(SHA256.HashData(secret.Reveal()));
                uses.Add(now[digest] = before.GetValueOrDefault(digest) ?? new SecretUse());
            }
            if (now.Count == 0) _ofInbounds.Remove(inbound);
            else _ofInbounds[inbound] = now;
            return uses;
        }
    }

    /// <summary>Finds the secret that a client gave; as long for each place, and for none.</summary>
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
}
