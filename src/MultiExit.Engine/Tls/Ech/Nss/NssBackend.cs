using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tls.Ech.Nss;

/// <summary>ECH by NSS, the library of Firefox.</summary>
internal sealed class NssBackend : IEchBackend
{
    private readonly NssLibrary _nss;

    /// <exception cref="ProxyException">NSS is not installed or too old (<see cref="ProxyError.MissingLibrary"/>).</exception>
    public NssBackend() => _nss = NssLibrary.Instance;

    public string Name => $"NSS {_nss.Version}";

    public EchEngine CreateClient(EchClientTask task) => new NssClientEngine(_nss, task);

    public IEchServerIdentity CreateIdentity(X509Certificate2 certificate, X509Certificate2Collection chain, EchServerKeys keys) =>
        new NssIdentity(_nss, certificate, chain, keys);
}
