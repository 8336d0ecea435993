using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tls;

/// <summary>The server side of TLS with one certificate chain: TLS 1.3 or 1.2. A client that offers ECH where it is configured is
/// served by the library that has it, every other by SslStream.</summary>
internal sealed class TlsServer
{
    private static readonly TimeSpan SelfSignedValidity = TimeSpan.FromDays(3650);

    // Warns of a certificate that ends soon; one that is valid for only a few days is renewed in its last hours.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);
    private const int SoonPart = 10;

    // The ALPN protocols of nginx without HTTP/2. No policy of cipher suites is set with them: SslStream would then give no session
    // tickets, which every client sees.
    private static readonly List<SslApplicationProtocol> HttpOne = [SslApplicationProtocol.Http11, new("http/1.0"), new("http/0.9")];

    private readonly SslServerAuthenticationOptions _options;
    private readonly string _name;
    private readonly EchServer? _ech;

    /// <summary>Loads the certificate, its chain and its key, or makes one.</summary>
    /// <param name="config">Where they are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onlyTls13">Refuses TLS 1.2.</param>
    /// <param name="asWebServer">Answers ALPN as a web server for HTTP/1.1 does.</param>
    /// <exception cref="ProxyException">They cannot be read or do not match (<see cref="ProxyError.CertificateUnreadable"/>); ECH is
    /// configured and no library has it (<see cref="ProxyError.MissingLibrary"/>). The message is one sentence for the operator.</exception>
    public TlsServer(TlsServerConfig config, TimeProvider time, bool onlyTls13 = false, bool asWebServer = false)
    {
        X509Certificate2Collection chain = [];
        X509Certificate2 certificate;
        if (config is { CertificateFile: { } file, KeyFile: { } keyFile })
        {
            chain = PemFile.ReadCertificates(file, "certificate file");
            certificate = WithKey(chain[0], file, keyFile);
            chain.RemoveAt(0);
        }
        else
        {
            SelfSignedCertificate made = SelfSignedCertificate.Create(["localhost"], SelfSignedValidity, time);
            certificate = Pair(made.CertificatePem, made.KeyPem);
        }
        NotAfter = new DateTimeOffset(certificate.NotAfter); // a local time, of local kind
        NotBefore = new DateTimeOffset(certificate.NotBefore);
        _name = config.CertificateFile ?? "self_signed";
        _options = new SslServerAuthenticationOptions
        {
            // offline: nothing is fetched from the network to complete the chain; the file has it all.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = onlyTls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ApplicationProtocols = asWebServer ? HttpOne : null,
        };
        if (config.EchKeyFiles.Count == 0) return;
        _ech = new EchServer(EchBackends.Require(), certificate, chain, EchServerKeys.Load(config.EchKeyFiles));
    }

    /// <summary>When the certificate ends.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>When the certificate begins.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>What an operator should know about the certificate: that it has expired, ends soon or is not valid yet; null when nothing
    /// is wrong.</summary>
    /// <param name="now">The time.</param>
    public string? ProblemAt(DateTimeOffset now)
    {
        if (now > NotAfter) return $"the certificate in {_name} expired on {Day(NotAfter)}";
        if (now < NotBefore) return $"the certificate in {_name} is not valid before {Day(NotBefore)}";
        TimeSpan soon = (NotAfter - NotBefore) / SoonPart;
        return NotAfter - now < (soon < Soon ? soon : Soon) ? $"the certificate in {_name} ends on {Day(NotAfter)}; renew it and reload" : null;
    }

    /// <summary>Speaks TLS on an accepted connection and takes it over; when it fails, the connection is disposed.</summary>
    /// <exception cref="AuthenticationException">The client speaks no TLS version that is supported, or refuses the certificate.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<DuplexStream> AcceptAsync(DuplexStream inner, CancellationToken cancellationToken)
    {
        if (_ech is not null)
        {
            (inner, bool hasTls) = await _ech.AcceptAsync(inner, cancellationToken).ConfigureAwait(false);
            if (hasTls) return inner;
        }
        SslStream tls = new(inner, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsServerAsync(_options, cancellationToken).ConfigureAwait(false);
            return new TlsStream(tls, inner);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate, string file, string keyFile)
    {
        string key = PemFile.ReadText(keyFile, "key file");
        if (key.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal) || key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw PemFile.Unreadable($"the key in {keyFile} is encrypted; store it without a passphrase, readable by the service alone", null);
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal)) throw PemFile.Unreadable($"the key file {keyFile} holds no PEM private key", null);
        try
        {
            return Pair(certificate.ExportCertificatePem(), key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw PemFile.Unreadable(
                $"the key in {keyFile} does not belong to the certificate in {file}, or is damaged", exception);
        }
    }

    private static X509Certificate2 Pair(string certificate, string key)
    {
        X509Certificate2 pair = X509Certificate2.CreateFromPem(certificate, key);
        if (!OperatingSystem.IsWindows()) return pair;
        // Schannel cannot use a key that was never in a key store.
        using (pair) return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    private static string Day(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
