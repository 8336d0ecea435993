using System.Buffers.Binary;

namespace MultiExit.Fuzz;

/// <summary>Makes inputs out of others, without knowing how the program treats them. The same seed makes the same input.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<byte[]> words, int maxLength)
{
    private const int MostSteps = 8;

    // Where signs, sizes and fields of one, two and four bytes begin and end.
    private static readonly long[] Edges =
    [
        0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 125, 126, 127, 128, 129, 252, 253, 254, 255, 256, 257, 511, 512, 1023, 1024,
        4095, 4096, 16383, 16384, 16385, 32767, 32768, 65534, 65535, 65536, 0x7ffffffe, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
        0x100000000, long.MaxValue, long.MinValue, -1,
    ];

    /// <summary>An input.</summary>
    /// <param name="seed">Which one.</param>
    public byte[] Make(int seed)
    {
        Random random = new(seed);
        List<byte> bytes = [.. corpus[random.Next(corpus.Count)]];
        for (int steps = random.Next(1, MostSteps + 1); steps > 0; steps--) Step(bytes, random);
        if (bytes.Count > maxLength) bytes.RemoveRange(maxLength, bytes.Count - maxLength);
        return [.. bytes];
    }

    private void Step(List<byte> bytes, Random random)
    {
        int at = random.Next(bytes.Count + 1);
        int run = Math.Min(bytes.Count - at, random.Next(1, random.Next(4) == 0 ? 257 : 9));
        switch (random.Next(11))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] += (byte)random.Next(-4, 5);
                break;
            case 3:
                bytes.RemoveRange(at, run);
                break;
            case 4:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, run));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6:
                Put(bytes, at, Number(random), overwrite: random.Next(3) > 0);
                break;
            case 7 when words.Count > 0:
                Put(bytes, at, words[random.Next(words.Count)], overwrite: random.Next(2) == 0);
                break;
            case 8:
                byte[] other = corpus[random.Next(corpus.Count)];
                int from = random.Next(other.Length + 1);
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[from..]);
                break;
            case 9:
                bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), 1 << random.Next(9)));
                break;
            default:
                byte[] some = new byte[random.Next(1, 9)];
                random.NextBytes(some);
                bytes.InsertRange(at, some);
                break;
        }
    }

    private static byte[] Number(Random random)
    {
        byte[] number = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, Edges[random.Next(Edges.Length)]);
        number = number[^(1 << random.Next(4))..];
        if (random.Next(4) == 0) Array.Reverse(number);
        return number;
    }

    private static void Put(List<byte> bytes, int at, byte[] value, bool overwrite)
    {
        if (overwrite) bytes.RemoveRange(at, Math.Min(value.Length, bytes.Count - at));
        bytes.InsertRange(at, value);
    }
}
