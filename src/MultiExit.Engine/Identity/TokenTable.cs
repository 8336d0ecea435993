using System.Security.Cryptography;
using MultiExit.Engine.Configuration;

namespace MultiExit.Engine.Identity;

/// <summary>Many secrets, looked through in a time that does not tell which one it was, or whether it was one. Immutable.</summary>
internal sealed class TokenTable
{
    private const int DigestLength = SHA256.HashSizeInBytes;

    private readonly byte[] _digests;

    public TokenTable(IReadOnlyList<Secret> secrets)
    {
        Count = secrets.Count;
        _digests = new byte[Count * DigestLength];
        for (int i = 0; i < Count; i++) SHA256.HashData(secrets[i].Reveal(), _digests.AsSpan(i * DigestLength, DigestLength));
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Finds the secret that a client gave.</summary>
    /// <returns>Its place, or -1.</returns>
    public int IndexOf(ReadOnlySpan<byte> candidate)
    {
        Span<byte> digest = stackalloc byte[DigestLength];
        SHA256.HashData(candidate, digest);
        int found = -1;
        for (int i = 0; i < Count; i++)
        {
            bool same = CryptographicOperations.FixedTimeEquals(digest, _digests.AsSpan(i * DigestLength, DigestLength));
            found = same & found < 0 ? i : found;
        }
        return found;
    }
}
