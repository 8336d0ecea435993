using System.Security.Cryptography;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>The hash of names: a polynomial modulo the prime 2^61 - 1 at a random place, from the last character to the first. So the hashes of
/// a name and of all domains above it come out of one pass, and whoever writes a set cannot choose names that collide.</summary>
internal readonly struct NameHash
{
    private const ulong Prime = (1UL << 61) - 1;
    private readonly ulong _place;

    private NameHash(ulong place) => _place = place;

    /// <summary>One with a random place.</summary>
    public static NameHash Create()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        // Neither 0 nor 1, with which a part of the name would not count.
        return new NameHash(BitConverter.ToUInt64(bytes) % (Prime - 2) + 2);
    }

    /// <summary>The hash with one more character before it; that of nothing is 0.</summary>
    public ulong Before(ulong hash, byte character)
    {
        ulong high = Math.BigMul(hash, _place, out ulong low);
        ulong sum = (low & Prime) + ((low >> 61) | (high << 3)) + character + 1;
        sum = (sum & Prime) + (sum >> 61);
        return sum >= Prime ? sum - Prime : sum;
    }
}
