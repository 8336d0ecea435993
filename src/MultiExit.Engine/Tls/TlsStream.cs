using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tls;

/// <summary>A TLS connection whose directions end separately: close_notify ends this side's, the peer's stays readable
/// (RFC 8446 section 6.1). Owns the connection beneath.</summary>
/// <remarks>No FIN follows close_notify: the TLS layer may still have to answer a key update on the way to the end. A read gives as many records as have
/// come, and a write sends its records together.</remarks>
internal sealed class TlsStream(SslStream tls, BatchingStream inner) : DuplexStream
{
    // The most plain bytes of a record (RFC 8446 section 5.1), and more than any version adds to it (RFC 5246 section 6.2.3).
    private const int MaxFragment = 16 * 1024;
    private const int RecordOverhead = 128;

    // A read of nothing that has not ended yet; it uses no memory of the caller.
    private Task<int>? _waiting;

    /// <summary>The certificate that the client has shown, on a server's side; null for none.</summary>
    public ClientCertificate? Client { get; init; }

    /// <summary>Whether the connection has TLS 1.3, or later.</summary>
    public bool IsTls13 => tls.SslProtocol >= SslProtocols.Tls13;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_waiting is { } waiting)
        {
            await waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
            _waiting = null;
        }
        int total = await tls.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        while (total > 0 && total < buffer.Length && inner.HasAhead)
        {
            // What was read ahead may be a part of a record, or no data: then the caller has what came before, and the next read waits on.
            ValueTask<int> next = tls.ReadAsync(Memory<byte>.Empty, CancellationToken.None);
            if (!next.IsCompletedSuccessfully)
            {
                _waiting = next.AsTask();
                break;
            }
            _ = next.Result;
            int read = await tls.ReadAsync(buffer[total..], CancellationToken.None).ConfigureAwait(false); // at once
            if (read == 0) break; // the end, which the next read finds again
            total += read;
        }
        return total;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.Length <= MaxFragment ? tls.WriteAsync(buffer, cancellationToken) : WriteRecordsAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => tls.FlushAsync(cancellationToken);

    public override async ValueTask CompleteWritesAsync(CancellationToken cancellationToken) =>
        await tls.ShutdownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);

    public override void Abort() => inner.Abort();

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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteRecordsAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        inner.Gather(buffer.Length + (buffer.Length / MaxFragment + 1) * RecordOverhead);
        try
        {
            await tls.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            inner.DropGathered();
            throw;
        }
        await inner.SendGatheredAsync(cancellationToken).ConfigureAwait(false);
    }
}
