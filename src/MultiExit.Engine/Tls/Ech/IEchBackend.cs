using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>A library that speaks TLS 1.3 with ECH. Callable from any thread.</summary>
internal interface IEchBackend
{
    /// <summary>The library and its version, for logs.</summary>
    string Name { get; }

    /// <summary>Prepares the client side of one connection.</summary>
    EchEngine CreateClient(EchClientTask task);

    /// <summary>Prepares a server's certificate and keys for all its connections.</summary>
    /// <exception cref="ProxyException">The library cannot use them (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    IEchServerIdentity CreateIdentity(X509Certificate2 certificate, X509Certificate2Collection chain, EchServerKeys keys);
}
