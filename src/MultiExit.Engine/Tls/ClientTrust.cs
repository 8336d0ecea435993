using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tls;

/// <summary>Which certificates of clients are valid: those of the CAs of a file, and of no others, that no revocation list has.</summary>
internal sealed class ClientTrust : IFromFiles
{
    private readonly TlsClientsConfig _config;
    private readonly TimeProvider _time;
    private volatile State _state;

    /// <summary>Reads the files.</summary>
    /// <exception cref="ProxyException">One cannot be read, or they do not belong together (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public ClientTrust(TlsClientsConfig config, TimeProvider time)
    {
        _config = config;
        _time = time;
        Files = [config.CaFile, .. config.CrlFiles];
        _state = Load();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Files { get; }

    /// <inheritdoc/>
    public void Refresh() => _state = Load();

    /// <summary>What an operator should know about the revocation lists.</summary>
    public IEnumerable<string> ProblemsAt(DateTimeOffset now) => _state.Lists.ProblemsAt(now);

    /// <summary>Says that a certificate that was taken is revoked by now; null when it is not.</summary>
    public string? Revoked(ClientCertificate certificate) => _state.Lists.Revoked(certificate.Links);

    /// <summary>Prepares the check of one client, which is asked for its certificate by the options.</summary>
    /// <param name="options">The options of its handshake.</param>
    public ClientCheck Prepare(SslServerAuthenticationOptions options)
    {
        State state = _state;
        DateTimeOffset now = _time.GetUtcNow();
        options.ClientCertificateRequired = true;
        // A ticket holds the certificate as it was, and no chain.
        options.AllowTlsResume = false;
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            ApplicationPolicy = { new Oid("1.3.6.1.5.5.7.3.2") }, // id-kp-clientAuth
            VerificationTime = now.LocalDateTime,
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(state.Roots);
        options.CertificateChainPolicy.ExtraStore.AddRange(state.Others);
        ClientCheck check = new(_config.Required, state.Lists, now);
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => check.Take(certificate as X509Certificate2, chain, errors);
        return check;
    }

    private State Load()
    {
        X509Certificate2Collection cas = PemFile.ReadCertificates(_config.CaFile, "CA file");
        // A chain that ends before its root is not taken: on that systems differ.
        X509Certificate2[] roots = [.. cas.Where(ca => ca.SubjectName.RawData.AsSpan().SequenceEqual(ca.IssuerName.RawData))];
        if (roots.Length == 0) throw PemFile.Unreadable($"the CA file {_config.CaFile} has no root, a CA that issued itself, at which chains could end", null);
        return new State([.. roots], [.. cas.Except(roots)], RevocationLists.Load(_config.CrlFiles, cas));
    }

    // Handshakes keep what they began with, so nothing of the one before is disposed.
    private sealed record State(X509Certificate2Collection Roots, X509Certificate2Collection Others, RevocationLists Lists);
}
