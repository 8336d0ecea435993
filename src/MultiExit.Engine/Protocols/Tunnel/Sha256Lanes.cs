using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>SHA-256 of eight messages at a time, a lane of a vector each (FIPS 180-4 section 6.2). The system's library has no way to go on from a
/// known state without more work than the hash itself. Nothing here depends on the data: neither a branch nor an address.</summary>
internal static class Sha256Lanes
{
    /// <summary>The words of a state.</summary>
    public const int StateWords = 8;

    /// <summary>The words of a message schedule.</summary>
    public const int ScheduleWords = 64;

    private const int BlockWords = 16;

    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private static ReadOnlySpan<uint> Start => [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>Goes on by a block from a state.</summary>
    /// <param name="state">The state, a vector a word.</param>
    /// <param name="schedule">Of the block, with the constants added.</param>
    public static void Compress(Span<Vector256<uint>> state, ReadOnlySpan<Vector256<uint>> schedule)
    {
        Vector256<uint> a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int i = 0; i < ScheduleWords; i++)
        {
            Vector256<uint> t1 = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + ((e & f) ^ Vector256.AndNot(g, e)) + schedule[i];
            Vector256<uint> t2 = (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    /// <summary>The schedule of a last block that is the same in all lanes.</summary>
    /// <param name="message">At most 55 bytes.</param>
    /// <param name="length">The length of all that is hashed, this block included, in bytes.</param>
    /// <param name="schedule">Receives it.</param>
    public static void ScheduleOf(ReadOnlySpan<byte> message, int length, Span<Vector256<uint>> schedule)
    {
        Span<byte> block = stackalloc byte[4 * BlockWords];
        message.CopyTo(block);
        block[message.Length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(block[^8..], 8L * length);
        for (int i = 0; i < BlockWords; i++) schedule[i] = Vector256.Create(BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]));
        Expand(schedule);
    }

    /// <summary>The schedule of a last block that holds a hash, one in each lane.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="length">The length of all that is hashed, this block included, in bytes.</param>
    /// <param name="schedule">Receives it.</param>
    public static void ScheduleOf(ReadOnlySpan<Vector256<uint>> hash, int length, Span<Vector256<uint>> schedule)
    {
        hash.CopyTo(schedule);
        schedule[StateWords] = Vector256.Create(0x80000000u);
        schedule[(StateWords + 1)..(BlockWords - 1)].Clear();
        schedule[BlockWords - 1] = Vector256.Create(8u * (uint)length);
        Expand(schedule);
    }

    /// <summary>The state behind the first block of one message.</summary>
    /// <param name="block">64 bytes.</param>
    /// <param name="state">Receives it, 8 words.</param>
    public static void CompressFirst(ReadOnlySpan<byte> block, Span<uint> state)
    {
        Span<Vector256<uint>> schedule = stackalloc Vector256<uint>[ScheduleWords];
        for (int i = 0; i < BlockWords; i++) schedule[i] = Vector256.Create(BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]));
        Expand(schedule);
        Span<Vector256<uint>> lanes = stackalloc Vector256<uint>[StateWords];
        for (int i = 0; i < StateWords; i++) lanes[i] = Vector256.Create(Start[i]);
        Compress(lanes, schedule);
        for (int i = 0; i < StateWords; i++) state[i] = lanes[i][0];
        schedule.Clear();
    }

    // From 16 words to 64, and the constants added to all.
    private static void Expand(Span<Vector256<uint>> schedule)
    {
        for (int i = BlockWords; i < ScheduleWords; i++)
        {
            Vector256<uint> early = schedule[i - 15], late = schedule[i - 2];
            schedule[i] = schedule[i - 16] + (Rotate(early, 7) ^ Rotate(early, 18) ^ (early >>> 3))
                + schedule[i - 7] + (Rotate(late, 17) ^ Rotate(late, 19) ^ (late >>> 10));
        }
        for (int i = 0; i < ScheduleWords; i++) schedule[i] += Vector256.Create(Constants[i]);
    }

    private static Vector256<uint> Rotate(Vector256<uint> value, int bits) => (value >>> bits) | (value << (32 - bits));
}
