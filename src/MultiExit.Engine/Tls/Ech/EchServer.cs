using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>The server side of TLS with ECH. Clients that offer none are left to SslStream.</summary>
/// <param name="backend">The library.</param>
/// <param name="certificate">The server's certificate with its key.</param>
/// <param name="chain">The certificates that go with it.</param>
/// <param name="keys">The ECH keys.</param>
/// <exception cref="ProxyException">The library cannot use them (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
internal sealed class EchServer(IEchBackend backend, X509Certificate2 certificate, X509Certificate2Collection chain, EchServerKeys keys)
{
    private readonly IEchServerIdentity _identity = backend.CreateIdentity(certificate, chain, keys);

    /// <summary>Reads the ClientHello and, when it offers ECH, speaks TLS on the connection and takes it over; when that fails, the
    /// connection is disposed.</summary>
    /// <returns>The connection in TLS; or, for another client, the connection from its first byte on, with Tls false.</returns>
    /// <exception cref="AuthenticationException">The client speaks no TLS version that is supported, or refuses the certificate.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<(DuplexStream Stream, bool Tls)> AcceptAsync(DuplexStream inner, CancellationToken cancellationToken)
    {
        DuplexStream stream = inner;
        try
        {
            (byte? configId, stream) = await PeekAsync(inner, cancellationToken).ConfigureAwait(false);
            if (configId is null) return (stream, false);
            EchStream tls = new(_identity.CreateServer(keys.For(configId)), stream);
            stream = tls;
            await tls.HandshakeAsync(cancellationToken).ConfigureAwait(false);
            return (tls, true);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Bytes that are not a ClientHello are passed on as well: TLS answers them with the right alert.
    private static async ValueTask<(byte? ConfigId, DuplexStream Stream)> PeekAsync(DuplexStream inner, CancellationToken cancellationToken)
    {
        using HandshakeReader reader = new(inner);
        byte? configId;
        while (EchClientHello.Read(reader.Unread, out configId) == ParseStatus.NeedMore && reader.Unread.Length < EchClientHello.MaxLength)
            if (!await reader.ReadMoreAsync(EchClientHello.MaxLength, cancellationToken).ConfigureAwait(false)) break;
        return (configId, reader.Detach());
    }
}
