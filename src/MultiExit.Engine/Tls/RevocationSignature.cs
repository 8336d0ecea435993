using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>Checks the signature of a revocation list: RSA (PKCS #1 and PSS) and ECDSA, with SHA-256, SHA-384 or SHA-512.</summary>
internal static class RevocationSignature
{
    private const string Pss = "1.2.840.113549.1.1.10";

    /// <summary>Says what is wrong with it; null when it was made with the CA's key.</summary>
    public static string? Problem(RevocationList list, X509Certificate2 ca)
    {
        try
        {
            string? hash = list.Algorithm == Pss ? PssHash(list.AlgorithmParameters) : list.Algorithm;
            bool? matches = hash switch
            {
                "1.2.840.113549.1.1.11" => Rsa(HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                "1.2.840.113549.1.1.12" => Rsa(HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
                "1.2.840.113549.1.1.13" => Rsa(HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
                "2.16.840.1.101.3.4.2.1" => Rsa(HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
                "2.16.840.1.101.3.4.2.2" => Rsa(HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
                "2.16.840.1.101.3.4.2.3" => Rsa(HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
                "1.2.840.10045.4.3.2" => EllipticCurve(HashAlgorithmName.SHA256),
                "1.2.840.10045.4.3.3" => EllipticCurve(HashAlgorithmName.SHA384),
                "1.2.840.10045.4.3.4" => EllipticCurve(HashAlgorithmName.SHA512),
                _ => null,
            };
            return matches switch
            {
                true => null,
                false => "its signature is not that of its CA",
                null => $"its signature has the algorithm {list.Algorithm}, which is not supported: expected RSA or ECDSA with SHA-256, SHA-384 or SHA-512",
            };
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            return $"its signature cannot be checked: {exception.Message}";
        }

        bool Rsa(HashAlgorithmName name, RSASignaturePadding padding)
        {
            using RSA? key = ca.GetRSAPublicKey();
            return key?.VerifyData(list.Signed.Span, list.Signature, name, padding) == true;
        }

        bool EllipticCurve(HashAlgorithmName name)
        {
            using ECDsa? key = ca.GetECDsaPublicKey();
            return key?.VerifyData(list.Signed.Span, list.Signature, name, DSASignatureFormat.Rfc3279DerSequence) == true;
        }
    }

    // RSASSA-PSS-params (RFC 4055 section 3.1). The mask has the same hash and the salt its length in all that is in use; another one does not match.
    private static string? PssHash(ReadOnlyMemory<byte> parameters)
    {
        if (parameters.IsEmpty) return null;
        AsnReader reader = new AsnReader(parameters, AsnEncodingRules.DER).ReadSequence();
        Asn1Tag hash = new(TagClass.ContextSpecific, 0, isConstructed: true);
        // Without one it is SHA-1.
        return reader.HasData && reader.PeekTag() == hash ? reader.ReadSequence(hash).ReadSequence().ReadObjectIdentifier() : null;
    }
}
