using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Balancing;

/// <summary>Rendezvous hashing (highest random weight): a key's member changes only when that member goes, or a new one wins it.</summary>
internal static class Rendezvous
{
    /// <summary>The first eight octets of the SHA-256 of a text in UTF-8.</summary>
    public static ulong HashOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    /// <summary>The index of the candidate that scores highest with the key.</summary>
    public static int Choose(IReadOnlyList<Member> candidates, string key)
    {
        ulong hash = HashOf(key);
        int best = 0;
        ulong highest = 0;
        for (int i = 0; i < candidates.Count; i++)
        {
            ulong score = Mix(hash ^ candidates[i].Hash);
            if (score < highest) continue;
            best = i;
            highest = score;
        }
        return best;
    }

    // The finalizer of MurmurHash3 (public domain): every bit of the input reaches every bit of the score.
    private static ulong Mix(ulong value)
    {
        value = (value ^ value >> 33) * 0xff51afd7ed558ccd;
        value = (value ^ value >> 33) * 0xc4ceb9fe1a85ec53;
        return value ^ value >> 33;
    }
}
