using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tls;

/// <summary>The server side of TLS with one certificate chain: TLS 1.3 or 1.2. A client that offers ECH where it is configured is
/// served by the library that has it, every other by SslStream.</summary>
internal sealed class TlsServer : IFromFiles
{
    private static readonly TimeSpan SelfSignedValidity = TimeSpan.FromDays(3650);

    // Warns of a certificate that ends soon; one that is valid for only a few days is renewed in its last hours.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);
    private const int SoonPart = 10;

    // The ALPN protocols of nginx without HTTP/2. No policy of cipher suites is set with them: SslStream would then give no session
    // tickets, which every client sees.
    private static readonly List<SslApplicationProtocol> HttpOne = [SslApplicationProtocol.Http11, new("http/1.0"), new("http/0.9")];

    private readonly TlsServerConfig _config;
    private readonly TimeProvider _time;
    private readonly bool _onlyTls13;
    private readonly bool _asWebServer;
    private readonly string _name;
    private volatile State _state;

    /// <summary>Loads the assembly of TLS now, which the first client loads otherwise, with TLS or without: it takes two descriptors, and a server may have
    /// none left later.</summary>
    public static void LoadAssembly() => _ = HttpOne.Count;

    /// <summary>Loads the certificate, its chain and its key, or makes one.</summary>
    /// <param name="config">Where they are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onlyTls13">Refuses TLS 1.2.</param>
    /// <param name="asWebServer">Answers ALPN as a web server for HTTP/1.1 does.</param>
    /// <exception cref="ProxyException">They cannot be read or do not match (<see cref="ProxyError.CertificateUnreadable"/>); ECH is
    /// configured and no library has it (<see cref="ProxyError.MissingLibrary"/>); certificates of clients are asked for beside ECH
    /// (<see cref="ProxyError.InvalidConfiguration"/>). The message is one sentence for the operator.</exception>
    public TlsServer(TlsServerConfig config, TimeProvider time, bool onlyTls13 = false, bool asWebServer = false)
    {
        // The libraries for ECH ask for no certificate: such a client would come in without one.
        if (config.Clients is not null && config.EchKeyFiles.Count > 0)
            throw new ProxyException(ProxyError.InvalidConfiguration, TlsServerBinder.ClientsBesideEch);
        _config = config;
        _time = time;
        _onlyTls13 = onlyTls13;
        _asWebServer = asWebServer;
        _name = config.CertificateFile ?? "self_signed";
        Clients = config.Clients is null ? null : new ClientTrust(config.Clients, time);
        Files = config is { CertificateFile: { } file, KeyFile: { } keyFile } ? [file, keyFile, .. config.EchKeyFiles] : [];
        _state = Load();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Which certificates of clients are valid; null: none are asked for. Its files are read again by themselves: a list that is at fault does not
    /// hold up a new certificate.</summary>
    public ClientTrust? Clients { get; }

    /// <summary>When the certificate ends.</summary>
    public DateTimeOffset NotAfter => new(_state.Certificate.NotAfter); // a local time, of local kind

    /// <summary>When the certificate begins.</summary>
    public DateTimeOffset NotBefore => new(_state.Certificate.NotBefore);

    /// <inheritdoc/>
    public void Refresh() => _state = Load();

    /// <summary>What an operator should know about the certificate: that it has expired, ends soon or is not valid yet; null when nothing
    /// is wrong.</summary>
    /// <param name="now">The time.</param>
    public string? ProblemAt(DateTimeOffset now)
    {
        if (now > NotAfter) return $"the certificate in {_name} expired on {Day(NotAfter)}";
        if (now < NotBefore) return $"the certificate in {_name} is not valid before {Day(NotBefore)}";
        TimeSpan soon = (NotAfter - NotBefore) / SoonPart;
        return NotAfter - now < (soon < Soon ? soon : Soon) ? $"the certificate in {_name} ends on {Day(NotAfter)}; renew it" : null;
    }

    /// <summary>Speaks TLS on an accepted connection and takes it over; when it fails, the connection is disposed.</summary>
    /// <exception cref="ClientCertificateException">The client has no valid certificate where it needs one, or shows another one.</exception>
    /// <exception cref="AuthenticationException">The client speaks no TLS version that is supported, or refuses the certificate.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<DuplexStream> AcceptAsync(DuplexStream inner, CancellationToken cancellationToken)
    {
        State state = _state;
        if (state.Ech is { } ech)
        {
            (inner, bool hasTls) = await ech.AcceptAsync(inner, cancellationToken).ConfigureAwait(false);
            if (hasTls) return inner;
        }
        BatchingStream batching = new(inner);
        SslStream tls = new(batching, leaveInnerStreamOpen: false);
        SslServerAuthenticationOptions options = Clients is null ? state.Options : Options(state.Context);
        ClientCheck? check = Clients?.Prepare(options);
        try
        {
            await tls.AuthenticateAsServerAsync(options, cancellationToken).ConfigureAwait(false);
            return new TlsStream(tls, batching) { Client = check?.Certificate };
        }
        catch (Exception exception)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            if (exception is AuthenticationException && check?.Problem is { } problem) throw new ClientCertificateException(problem, exception);
            throw;
        }
    }

    private State Load()
    {
        KeyPair pair = _config is { CertificateFile: { } file, KeyFile: { } keyFile } ? KeyPair.Read(file, keyFile) : SelfSigned();
        // offline: nothing is fetched from the network to complete the chain; the file has it all.
        SslStreamCertificateContext context = SslStreamCertificateContext.Create(pair.Certificate, pair.Chain, offline: true);
        EchServer? ech = _config.EchKeyFiles.Count == 0 ? null
            : new EchServer(EchBackends.Require(), pair.Certificate, pair.Chain, EchServerKeys.Load(_config.EchKeyFiles));
        return new State(context, Options(context), pair.Certificate, ech);
    }

    private SslServerAuthenticationOptions Options(SslStreamCertificateContext context) => new()
    {
        ServerCertificateContext = context,
        EnabledSslProtocols = _onlyTls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        ApplicationProtocols = _asWebServer ? HttpOne : null,
    };

    private KeyPair SelfSigned()
    {
        SelfSignedCertificate made = SelfSignedCertificate.Create(["localhost"], SelfSignedValidity, _time);
        return new KeyPair(KeyPair.Pair(made.CertificatePem, made.KeyPem), []);
    }

    // Connections keep what they began with, so nothing of the one before is disposed.
    private sealed record State(
        SslStreamCertificateContext Context, SslServerAuthenticationOptions Options, X509Certificate2 Certificate, EchServer? Ech);

    private static string Day(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
