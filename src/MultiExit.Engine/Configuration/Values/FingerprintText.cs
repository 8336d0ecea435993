using System.Security.Cryptography;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>SHA-256 fingerprints of certificates: <c>sha256:</c> and 64 hexadecimal digits, or 32 pairs with colons between them.</summary>
internal static class FingerprintText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "the SHA-256 of a certificate: sha256: and 64 hexadecimal digits";

    private const string Prefix = "sha256:";
    private const int Digits = SHA256.HashSizeInBytes * 2;

    /// <summary>Reads a fingerprint; the prefix may be missing.</summary>
    /// <returns>The 64 digits in upper case, or null.</returns>
    public static string? Parse(string text)
    {
        string value = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : text;
        if (value.Length == Digits + Digits / 2 - 1)
        {
            string[] pairs = value.Split(':');
            if (!Array.TrueForAll(pairs, pair => pair.Length == 2)) return null;
            value = string.Concat(pairs);
        }
        return value.Length == Digits && value.All(char.IsAsciiHexDigit) ? value.ToUpperInvariant() : null;
    }
}
