namespace MultiExit.Soak;

/// <summary>Bytes that both ends of a session compute by themselves: each says of which session it is and where in it.</summary>
internal static class Pattern
{
    // A prime, so that buffers of a power of two never meet the same bytes again.
    private const int Length = 1_048_573;
    private static readonly byte[] Block = Make();

    public static void Fill(int seed, long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> next = Next(seed, offset, bytes.Length);
            next.CopyTo(bytes);
            bytes = bytes[next.Length..];
            offset += next.Length;
        }
    }

    /// <summary>Throws unless these are the bytes of that place.</summary>
    public static void Check(int seed, long offset, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> next = Next(seed, offset, bytes.Length);
            int same = next.CommonPrefixLength(bytes);
            if (same < next.Length) throw new WrongBytesException($"byte {offset + same} of pattern {seed} is wrong");
            bytes = bytes[next.Length..];
            offset += next.Length;
        }
    }

    private static ReadOnlySpan<byte> Next(int seed, long offset, int length)
    {
        int at = (int)(((uint)seed * 7919L + offset) % Length);
        return Block.AsSpan(at, Math.Min(length, Length - at));
    }

    private static byte[] Make()
    {
        byte[] block = new byte[Length];
        new Random(1).NextBytes(block);
        return block;
    }
}
