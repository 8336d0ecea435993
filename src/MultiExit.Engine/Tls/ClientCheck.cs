using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>The check of one client's certificate.</summary>
/// <param name="required">Whether there has to be one.</param>
/// <param name="lists">The revocation lists.</param>
/// <param name="now">The time.</param>
internal sealed class ClientCheck(bool required, RevocationLists lists, DateTimeOffset now)
{
    /// <summary>The client's certificate; null: it has shown none.</summary>
    public ClientCertificate? Certificate { get; private set; }

    /// <summary>Why the client gets no further; null when it does.</summary>
    public string? Problem { get; private set; }

    /// <summary>The answer of TLS to a certificate.</summary>
    public bool Take(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Problem = ProblemOf(certificate, chain, errors);
        return Problem is null;
    }

    private string? ProblemOf(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null) return required ? "it has shown no certificate" : null;
        string identity = CertificateText.Identify(certificate);
        // A client has no name to be checked: whatever there is counts.
        if (errors != SslPolicyErrors.None || chain is null)
            return $"its certificate is not valid: {CertificateText.ChainReasons(chain?.ChainStatus ?? [])}; {identity}";
        if (ClientCertificate.Read(certificate, chain.ChainElements) is not { } read) return $"its certificate has names that cannot be read; {identity}";
        if (lists.Problem(read.Links, now) is { } problem) return $"its certificate is not taken: {problem}; {identity}";
        Certificate = read;
        return null;
    }
}
