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
internal sealed class TlsClient : IFromFiles
{
    private readonly string _serverName;
    private readonly Destination _server;
    private readonly string _checkedName;
    private readonly TlsClientConfig _config;
    private readonly IEchConfigSource? _echConfigs;
    private volatile State _state;

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
        _checkedName = (config.CheckedName ?? _serverName).TrimEnd('.');
        _echConfigs = echConfigs;
        Files = [.. new[] { config.CaFile, config.CertificateFile, config.KeyFile }.OfType<string>()];
        _state = Load();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Files { get; }

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
        State state = _state;
        if (state.Ech is { } ech)
        {
            try
            {
                DuplexStream hidden = await ech.ConnectAsync(dial, shownName ?? _serverName, _checkedName, cancellationToken).ConfigureAwait(false);
                Authenticated?.Invoke();
                return hidden;
            }
            catch (EchUnavailableException) when (_config.Ech!.Fallback)
            {
                // The configuration says expressly (`fallback`) that the name may be seen then.
            }
        }
        BatchingStream inner = new(await dial(cancellationToken).ConfigureAwait(false));
        SslStream tls = new(inner, leaveInnerStreamOpen: false);
        string? problem = null;
        try
        {
            SslClientAuthenticationOptions options = Options(state, shownName);
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => (problem = Problem(certificate, chain, errors)) is null;
            await tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            Authenticated?.Invoke();
            return new TlsStream(tls, inner);
        }
        catch (Exception exception)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            if (exception is AuthenticationException) throw new AuthenticationException($"TLS with {_server}: {problem ?? Reason(exception)}", exception);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Refresh() => _state = Load();

    private State Load()
    {
        X509Certificate2Collection? trusted = _config.CaFile is { } ca ? PemFile.ReadCertificates(ca, "CA file") : null;
        SslStreamCertificateContext? own = null;
        if (_config is { CertificateFile: { } file, KeyFile: { } keyFile }) own = KeyPair.Read(file, keyFile).ToContext();
        if (_config.Ech is null) return new State(trusted, own, null);
        ArgumentNullException.ThrowIfNull(_echConfigs);
        return new State(trusted, own, new EchClient(EchBackends.Require(), new PeerCertificates(_config, trusted), _server.ToString(), _echConfigs));
    }

    private SslClientAuthenticationOptions Options(State state, string? shownName) => new()
    {
        TargetHost = shownName ?? _serverName, // the SNI; an address is checked but not sent (RFC 6066 section 3)
        EnabledSslProtocols = _config.OnlyTls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = ServerCertificatePolicy.Create(state.Trusted), // a chain is built for pins, and for no check, too
        ClientCertificateContext = state.Own,
    };

    // Null: the certificate is the one that is wanted.
    private string? Problem(X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is not X509Certificate2 certificate) return "it has sent no certificate";
        switch (_config.Check)
        {
            case CertificateCheck.None:
                return null;
            case CertificateCheck.Pin:
                string fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
                return _config.IsPinned(fingerprint) ? null : $"its certificate, sha256:{fingerprint.ToLowerInvariant()}, is not the pinned one";
        }
        if ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) != SslPolicyErrors.None)
            return CertificateText.ChainProblem(certificate, chain?.ChainStatus ?? []);
        // The shown name is not always the one to check.
        return certificate.MatchesHostname(_checkedName) ? null : CertificateText.NameProblem(certificate, _checkedName);
    }

    // Connections keep what they began with, so nothing of the one before is disposed.
    private sealed record State(X509Certificate2Collection? Trusted, SslStreamCertificateContext? Own, EchClient? Ech);

    // The outer message of an alert or of a broken record only says "see inner exception".
    private static string Reason(Exception exception) =>
        exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message;
}
