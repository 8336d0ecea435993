using System.Net.Security;
using System.Security.Authentication;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tls;

/// <summary>A TLS connection whose directions end separately: close_notify ends this side's, the peer's stays readable
/// (RFC 8446 section 6.1). Owns the connection beneath.</summary>
/// <remarks>No FIN follows close_notify: the TLS layer may still have to answer a key update on the way to the end.</remarks>
internal sealed class TlsStream(SslStream tls, DuplexStream inner) : DuplexStream
{
    /// <summary>The connection beneath.</summary>
    public DuplexStream Inner { get; } = inner;

    /// <summary>The certificate that the client has shown, on a server's side; null for none.</summary>
    public ClientCertificate? Client { get; init; }

    /// <summary>Whether the connection has TLS 1.3, or later.</summary>
    public bool IsTls13 => tls.SslProtocol >= SslProtocols.Tls13;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        tls.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        tls.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => tls.FlushAsync(cancellationToken);

    public override async ValueTask CompleteWritesAsync(CancellationToken cancellationToken) =>
        await tls.ShutdownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);

    public override void Abort() => Inner.Abort();

    public override async ValueTask DisposeAsync()
    {
        await tls.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) tls.Dispose();
        base.Dispose(disposing);
    }
}
