namespace MultiExit.Engine.Protocols.Certificates;

/// <summary>Serial numbers of certificates: hexadecimal digits in pairs, as OpenSSL prints them.</summary>
internal static class SerialText
{
    /// <summary>The text of a serial number.</summary>
    /// <param name="bytes">The number, the most significant byte first; zeros in front do not count.</param>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> digits = bytes.TrimStart((byte)0);
        return digits.IsEmpty ? "00" : Convert.ToHexString(digits);
    }
}
