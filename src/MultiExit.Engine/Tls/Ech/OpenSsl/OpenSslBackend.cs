using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tls.Ech.OpenSsl;

/// <summary>ECH by OpenSSL 4 or later.</summary>
internal sealed unsafe class OpenSslBackend : IEchBackend
{
    /// <summary>The environment variable that names the folder of libssl.so.4 and libcrypto.so.4; without it the system's are taken.</summary>
    public const string FolderVariable = "MULTIEXIT_OPENSSL";

    private const int VerifyPeer = 1; // SSL_VERIFY_PEER

    private static readonly Lazy<OpenSslContext> Clients = new(CreateClientContext);

    private readonly OpenSslLibrary _library;

    /// <exception cref="ProxyException">It is not installed (<see cref="ProxyError.MissingLibrary"/>).</exception>
    public OpenSslBackend() => _library = OpenSslLibrary.Instance;

    public string Name => _library.Version;

    public EchEngine CreateClient(EchClientTask task) => new OpenSslClientEngine(_library, Clients.Value.Value, task);

    public IEchServerIdentity CreateIdentity(X509Certificate2 certificate, X509Certificate2Collection chain, EchServerKeys keys) =>
        new OpenSslIdentity(_library, certificate, chain, keys);

    private static OpenSslContext CreateClientContext()
    {
        OpenSslLibrary library = OpenSslLibrary.Instance;
        OpenSslContext context = new(library, library.ClientMethod());
        library.SetVerify(context.Value, VerifyPeer, 0);
        library.SetVerifyCallback(context.Value, &OpenSslClientEngine.CheckCertificate, 0);
        return context;
    }
}
