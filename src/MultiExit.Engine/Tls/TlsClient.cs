using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tls;

/// <summary>The client side of TLS towards one server: TLS 1.3 or 1.2, the certificate checked against the name.</summary>
internal sealed class TlsClient
{
    private readonly string _serverName;
    private readonly Destination _server;
    private readonly X509Certificate2Collection? _trusted;

    /// <summary>Prepares it.</summary>
    /// <exception cref="ProxyException">The CA file cannot be read (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public TlsClient(TlsClientConfig config, Destination server)
    {
        _server = server;
        _serverName = (config.ServerName ?? server.Host).TrimEnd('.');
        if (config.CaFile is not null) _trusted = PemFile.ReadCertificates(config.CaFile, "CA file");
    }

    /// <summary>Speaks TLS on the connection and takes it over; when it fails, the connection is disposed.</summary>
    /// <exception cref="AuthenticationException">The server has no certificate that we trust for its name, or it speaks no TLS
    /// that we do. The message names the server and what is wrong.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<DuplexStream> WrapAsync(DuplexStream inner, CancellationToken cancellationToken)
    {
        SslStream tls = new(inner, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(Options(), cancellationToken).ConfigureAwait(false);
            return new TlsStream(tls, inner);
        }
        catch (Exception exception)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            if (exception is AuthenticationException)
                throw new AuthenticationException($"TLS with {_server}: {Reason(exception)}", exception);
            throw;
        }
    }

    private SslClientAuthenticationOptions Options()
    {
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = _serverName, // the SNI; an address is checked but not sent (RFC 6066 section 3)
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (_trusted is null) return options;
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            ApplicationPolicy = { new Oid("1.3.6.1.5.5.7.3.1") }, // id-kp-serverAuth
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(_trusted);
        return options;
    }

    // The outer message of an alert or of a broken record only says "see inner exception".
    private static string Reason(Exception exception) =>
        exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message;
}
