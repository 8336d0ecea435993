using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>What a revocation list knows a certificate by.</summary>
/// <param name="Issuer">Its issuer, see <see cref="IdOf"/>.</param>
/// <param name="Serial">Its serial number (<see cref="SerialText"/>).</param>
internal readonly record struct CertificateLink(string Issuer, string Serial)
{
    /// <summary>The certificates of a chain but for its root, the client's own first.</summary>
    public static CertificateLink[] Of(X509ChainElementCollection chain) =>
        [.. Enumerable.Range(0, Math.Max(0, chain.Count - 1)).Select(i =>
            new CertificateLink(IdOf(chain[i + 1].Certificate), SerialText.Of(chain[i].Certificate.SerialNumberBytes.Span)))];

    /// <summary>A text for a CA: its name and its key, since a CA may have several certificates, and a name several keys.</summary>
    public static string IdOf(X509Certificate2 ca)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(ca.PublicKey.ExportSubjectPublicKeyInfo());
        hash.AppendData(ca.SubjectName.RawData);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
