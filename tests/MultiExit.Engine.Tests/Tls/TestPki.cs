using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MultiExit.Engine.Tests.Tls;

/// <summary>A CA of a test with its certificates and revocation lists. Its time is the test's, not the system's.</summary>
internal sealed class TestPki : IDisposable
{
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";

    private readonly DateTimeOffset _now;
    private readonly AsymmetricAlgorithm _key;
    private readonly TestPki? _issuer;

    private TestPki(string name, DateTimeOffset now, AsymmetricAlgorithm key, TestPki? issuer, X509KeyUsageFlags usage)
    {
        _now = now;
        _key = key;
        _issuer = issuer;
        CertificateRequest request = Request($"CN={name}, O=Example", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        Certificate = issuer is null
            ? request.CreateSelfSigned(now.AddYears(-1), now.AddYears(10))
            : issuer.Sign(request, now.AddDays(-300), now.AddYears(5), key);
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    public static TestPki Root(
        DateTimeOffset now, string name = "Clients CA", AsymmetricAlgorithm? key = null,
        X509KeyUsageFlags usage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign) =>
        new(name, now, key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256), null, usage);

    public TestPki Beneath(string name) =>
        new(name, _now, ECDsa.Create(ECCurve.NamedCurves.nistP256), this, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign);

    /// <summary>A certificate with its key.</summary>
    public X509Certificate2 Issue(
        string name, TimeSpan? from = null, TimeSpan? to = null, string? use = ClientUse, Action<SubjectAlternativeNameBuilder>? names = null,
        X509Extension? also = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request($"CN={name}, O=Example", key);
        if (use is not null) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        if (names is not null)
        {
            SubjectAlternativeNameBuilder builder = new();
            names(builder);
            request.CertificateExtensions.Add(builder.Build());
        }
        if (also is not null) request.CertificateExtensions.Add(also);
        return Sign(request, _now + (from ?? TimeSpan.FromDays(-1)), _now + (to ?? TimeSpan.FromDays(30)), key);
    }

    /// <summary>A list of revoked certificates, DER.</summary>
    /// <param name="ends">When it ends, from now on.</param>
    /// <param name="revoked">The certificates.</param>
    /// <param name="began">When it was issued, from now on.</param>
    public byte[] Revoke(TimeSpan ends, X509Certificate2[] revoked, TimeSpan? began = null) =>
        Revoke(ends, revoked, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, began);

    public byte[] Revoke(TimeSpan ends, X509Certificate2[] revoked, HashAlgorithmName hash, RSASignaturePadding padding, TimeSpan? began = null)
    {
        CertificateRevocationListBuilder builder = new();
        foreach (X509Certificate2 certificate in revoked)
            builder.AddEntry(certificate.SerialNumberBytes.Span, _now, X509RevocationReason.KeyCompromise);
        return builder.Build(Certificate.SubjectName, Generator(padding), 1, _now + ends, hash,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new X509SubjectKeyIdentifierExtension(Certificate.PublicKey, false)),
            _now + (began ?? TimeSpan.FromDays(-10)));
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private X509SignatureGenerator Generator(RSASignaturePadding? padding = null) => _key switch
    {
        RSA rsa => X509SignatureGenerator.CreateForRSA(rsa, padding ?? RSASignaturePadding.Pkcs1),
        _ => X509SignatureGenerator.CreateForECDsa((ECDsa)_key),
    };

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset from, DateTimeOffset to, AsymmetricAlgorithm key)
    {
        X509Certificate2 made = request.Create(Certificate.SubjectName, Generator(), from, to, RandomNumberGenerator.GetBytes(16));
        using (made) return made.CopyWithPrivateKey((ECDsa)key);
    }

    private static CertificateRequest Request(string name, AsymmetricAlgorithm key) => key switch
    {
        RSA rsa => new(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        _ => new(name, (ECDsa)key, HashAlgorithmName.SHA256),
    };
}
