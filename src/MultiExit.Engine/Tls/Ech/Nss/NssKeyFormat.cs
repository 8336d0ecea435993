using System.Formats.Asn1;

namespace MultiExit.Engine.Tls.Ech.Nss;

/// <summary>The form in which NSS takes X25519 keys: as elliptic curve keys of a curve with a number of its own.</summary>
internal static class NssKeyFormat
{
    private const string EcPublicKey = "1.2.840.10045.2.1"; // RFC 5480 section 2.1.1
    private const string Curve25519 = "1.3.6.1.4.1.11591.15.1";

    /// <summary>PKCS#8 (RFC 5958) around an ECPrivateKey (RFC 5915) with its public key.</summary>
    public static byte[] X25519(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey)
    {
        AsnWriter key = new(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteInteger(1);
            key.WriteOctetString(privateKey);
            using (key.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1))) key.WriteBitString(publicKey);
        }
        AsnWriter info = new(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            info.WriteInteger(0);
            using (info.PushSequence())
            {
                info.WriteObjectIdentifier(EcPublicKey);
                info.WriteObjectIdentifier(Curve25519);
            }
            info.WriteOctetString(key.Encode());
        }
        return info.Encode();
    }
}
