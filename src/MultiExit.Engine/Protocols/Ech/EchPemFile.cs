using System.Formats.Asn1;
using System.Security.Cryptography;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Protocols.Ech;

/// <summary>PEM of ECH (RFC 9934): PRIVATE KEY (PKCS#8), then the ECHCONFIG that belongs to it; several such pairs in one text are
/// several keys that are live at once. A text for clients has an ECHCONFIG alone.</summary>
internal static class EchPemFile
{
    private const string KeyLabel = "PRIVATE KEY";
    private const string ConfigLabel = "ECHCONFIG";
    private const string X25519Oid = "1.3.101.110"; // RFC 8410 section 3

    /// <summary>The most pairs in one text.</summary>
    public const int MaxKeys = 64;

    /// <summary>Reads the pairs of a server.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pairs">Each private key, 32 bytes, with its list; at least one when it was read.</param>
    /// <returns>Null when it was read, otherwise what is wrong, as the end of a sentence; never a piece of the text.</returns>
    public static string? ReadKeys(ReadOnlySpan<char> text, out IReadOnlyList<EchPemPair> pairs)
    {
        List<EchPemPair> found = [];
        pairs = found;
        byte[]? key = null;
        PemReader blocks = new(text);
        while (blocks.Read())
        {
            switch (blocks.Label)
            {
                case KeyLabel when key is null:
                    if (ReadPrivateKey(blocks.Decode() ?? []) is not { } read) return "holds a private key that is not X25519 in PKCS#8 (RFC 8410)";
                    key = read;
                    break;
                case KeyLabel:
                    return "holds a PRIVATE KEY without the ECHCONFIG that has to follow it";
                case ConfigLabel when key is null:
                    return "holds an ECHCONFIG without its PRIVATE KEY before it";
                case ConfigLabel:
                    if (EchConfigList.Parse(blocks.Decode() ?? [], out EchConfigList? list) is { } fault) return $"holds an ECHCONFIG that {fault}";
                    found.Add(new(key, list!));
                    key = null;
                    break;
                default:
                    return "holds a PEM block that is neither PRIVATE KEY nor ECHCONFIG";
            }
            if (found.Count > MaxKeys) return $"holds more than {MaxKeys} keys";
        }
        if (blocks.Fault is { } broken) return broken;
        if (key is not null) return "holds a PRIVATE KEY without the ECHCONFIG that has to follow it";
        return found.Count == 0 ? "holds no PRIVATE KEY and ECHCONFIG in PEM (RFC 9934)" : null;
    }

    /// <summary>Reads the first ECHCONFIG of a text, whatever else is in it.</summary>
    /// <returns>The bytes of the list; null when the text has none.</returns>
    public static byte[]? FindConfig(ReadOnlySpan<char> text)
    {
        PemReader blocks = new(text);
        while (blocks.Read())
            if (blocks.Label is ConfigLabel) return blocks.Decode() ?? [];
        return null;
    }

    /// <summary>Writes the public part.</summary>
    public static string WriteConfig(ReadOnlySpan<byte> list) => PemEncoding.WriteString(ConfigLabel, list) + "\n";

    /// <summary>Writes a private key and its list.</summary>
    public static string WritePair(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> list)
    {
        byte[] pkcs8 = WritePrivateKey(privateKey);
        string text = PemEncoding.WriteString(KeyLabel, pkcs8) + "\n" + WriteConfig(list);
        CryptographicOperations.ZeroMemory(pkcs8);
        return text;
    }

    /// <summary>An X25519 private key in PKCS#8 (RFC 8410 section 7): an octet string inside the octet string.</summary>
    public static byte[] WritePrivateKey(ReadOnlySpan<byte> privateKey) =>
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20, .. privateKey];

    // OneAsymmetricKey (RFC 5958 section 2); the attributes and the public key that may follow are not needed.
    private static byte[]? ReadPrivateKey(byte[] pkcs8)
    {
        try
        {
            AsnReader outer = new(pkcs8, AsnEncodingRules.DER);
            AsnReader key = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            if (!key.TryReadInt32(out int version) || version is < 0 or > 1) return null;
            AsnReader algorithm = key.ReadSequence();
            if (algorithm.ReadObjectIdentifier() != X25519Oid) return null;
            algorithm.ThrowIfNotEmpty();
            byte[] value = new AsnReader(key.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString();
            return value.Length == EchWire.KeyLength ? value : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }
}
