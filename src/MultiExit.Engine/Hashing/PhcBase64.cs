namespace MultiExit.Engine.Hashing;

/// <summary>Base64 without padding, as the PHC string format has it.</summary>
internal static class PhcBase64
{
    public static string Encode(ReadOnlySpan<byte> value) => Convert.ToBase64String(value).TrimEnd('=');

    /// <summary>Reads it.</summary>
    /// <returns>Null when it is none.</returns>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.Length % 4 == 1 || text.ContainsAny(" \t\r\n=")) return null;
        byte[] value = new byte[text.Length * 3 / 4];
        string padded = text.ToString() + new string('=', (4 - (text.Length % 4)) % 4);
        return Convert.TryFromBase64String(padded, value, out int length) && length == value.Length ? value : null;
    }
}
