using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tls;

/// <summary>The client side of TLS towards one server: TLS 1.3 or 1.2, the certificate checked against the name.</summary>
internal sealed class TlsClient
{
    private readonly string _serverName;
    private readonly Destination _server;
    private readonly X509Certificate2Collection? _trusted;
    private readonly TlsClientConfig _config;
    private readonly EchClient? _ech;

    /// <summary>Prepares it.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="server">The server.</param>
    /// <param name="echConfigs">The source of the configs when <see cref="TlsClientConfig.Ech"/> is there.</param>
    /// <exception cref="ProxyException">The CA file cannot be read (<see cref="ProxyError.CertificateUnreadable"/>); ECH is configured
    /// and no library has it (<see cref="ProxyError.MissingLibrary"/>).</exception>
    public TlsClient(TlsClientConfig config, Destination server, IEchConfigSource? echConfigs = null)
    {
        _config = config;
        _server = server;
        _serverName = (config.ServerName ?? server.Host).TrimEnd('.');
        if (config.CaFile is not null) _trusted = PemFile.ReadCertificates(config.CaFile, "CA file");
        if (config.Ech is null) return;
        ArgumentNullException.ThrowIfNull(echConfigs);
        _ech = new EchClient(EchBackends.Require(), new PeerCertificates(config, _trusted), server.ToString(), echConfigs);
    }

    /// <summary>Called each time a handshake is done; null: it is not reported.</summary>
    public Action? Authenticated { get; init; }

    /// <summary>Dials the server and speaks TLS on the connection; when that fails, the connection is disposed.</summary>
    /// <param name="dial">Opens a connection to the server; its exceptions pass through. Called again where ECH needs another connection.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="shownName">The SNI to send instead of the server's name; the certificate is checked as without it.</param>
    /// <exception cref="AuthenticationException">The server has no certificate that is trusted for its name, or speaks no TLS version that
    /// is supported. The message names the server and what is wrong.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<DuplexStream> ConnectAsync(
        Func<CancellationToken, ValueTask<DuplexStream>> dial, CancellationToken cancellationToken, string? shownName = null)
    {
        if (_ech is not null)
        {
            try
            {
                DuplexStream hidden = await _ech.ConnectAsync(dial, shownName ?? _serverName, _serverName, cancellationToken).ConfigureAwait(false);
                Authenticated?.Invoke();
                return hidden;
            }
            catch (EchUnavailableException) when (_config.Ech!.Fallback)
            {
                // The configuration says expressly (`fallback`) that the name may be seen then.
            }
        }
        DuplexStream inner = await dial(cancellationToken).ConfigureAwait(false);
        SslStream tls = new(inner, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(Options(shownName), cancellationToken).ConfigureAwait(false);
            Authenticated?.Invoke();
            return new TlsStream(tls, inner);
        }
        catch (Exception exception)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            if (exception is AuthenticationException) throw new AuthenticationException($"TLS with {_server}: {Reason(exception)}", exception);
            throw;
        }
    }

    private SslClientAuthenticationOptions Options(string? shownName)
    {
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = shownName ?? _serverName, // the SNI; an address is checked but not sent (RFC 6066 section 3)
            EnabledSslProtocols = _config.OnlyTls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (_config.Check == CertificateCheck.None)
            options.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        else if (_config.Check == CertificateCheck.Pin)
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => IsPinned(certificate);
        else if (shownName is not null)
            options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsForServer(certificate, errors);
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

    private bool IsPinned(X509Certificate? certificate) =>
        _config.IsPinned(certificate?.GetCertHashString(HashAlgorithmName.SHA256));

    // The shown name is not the one to check.
    private bool IsForServer(X509Certificate? certificate, SslPolicyErrors errors) =>
        (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
        && certificate is X509Certificate2 full && full.MatchesHostname(_serverName);

    // The outer message of an alert or of a broken record only says "see inner exception".
    private static string Reason(Exception exception) =>
        exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message;
}
