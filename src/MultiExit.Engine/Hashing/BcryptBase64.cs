namespace MultiExit.Engine.Hashing;

/// <summary>The base64 of bcrypt: an alphabet of its own, no padding.</summary>
internal static class BcryptBase64
{
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string Encode(ReadOnlySpan<byte> value)
    {
        char[] text = new char[((value.Length * 8) + 5) / 6];
        for (int i = 0; i < text.Length; i++)
        {
            int bit = i * 6;
            int two = (value[bit / 8] << 8) | (bit / 8 + 1 < value.Length ? value[bit / 8 + 1] : 0);
            text[i] = Alphabet[(two >> (10 - (bit % 8))) & 63];
        }
        return new string(text);
    }

    /// <summary>Reads it. Bits beyond the last octet do not count, as nowhere.</summary>
    /// <returns>Null when it is none.</returns>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        byte[] value = new byte[text.Length * 6 / 8];
        for (int i = 0; i < text.Length; i++)
        {
            int six = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (six < 0) return null;
            int bit = i * 6;
            int two = six << (10 - (bit % 8));
            if (bit / 8 < value.Length) value[bit / 8] |= (byte)(two >> 8);
            if (bit / 8 + 1 < value.Length) value[bit / 8 + 1] |= (byte)two;
        }
        return value;
    }
}
