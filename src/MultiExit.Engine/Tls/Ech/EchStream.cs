using System.Buffers;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>A TLS connection of an <see cref="EchEngine"/>. Its directions end separately, by close_notify; a connection that ends
/// without one is a broken one. Owns the engine and the connection beneath.</summary>
/// <remarks>A reader makes answers too (alerts, key updates). It never waits for them to be sent: a writer that is active at the moment
/// sends them along, otherwise they are sent by themselves; waiting could block both peers for ever.</remarks>
internal sealed class EchStream(EchEngine engine, DuplexStream inner) : DuplexStream
{
    // Two records and a header at least; behind a read that was filled, as much as is read ahead of SslStream.
    private const int InputSize = 32 * 1024;

    // Seven records, which fit with their overhead into the pool's next size, 128 KiB.
    private const int WriteSize = 112 * 1024;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile bool _broken;
    private bool _filled;

    /// <summary>Runs the handshake.</summary>
    /// <exception cref="EchRejectedException">As of <see cref="EchEngine.Handshake"/>, like the others.</exception>
    public async ValueTask HandshakeAsync(CancellationToken cancellationToken)
    {
        bool done = false;
        while (!done)
        {
            try
            {
                done = engine.Handshake();
            }
            catch
            {
                // An alert goes out as well; when it does not, the first failure is the one to report.
                await SendAlongAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
            await SendAsync(cancellationToken).ConfigureAwait(false);
            if (!done) await FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            int read = engine.Read(buffer.Span);
            if (engine.HasOutput) _ = SendAlongAsync();
            if (read != EchEngine.NeedsInput) return read;
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (!buffer.IsEmpty)
            {
                int count = Math.Min(buffer.Length, WriteSize);
                engine.Write(buffer.Span[..count]);
                await SendAsync(cancellationToken).ConfigureAwait(false);
                buffer = buffer[count..];
            }
        }
        finally
        {
            _gate.Release();
        }
        if (engine.HasOutput) _ = SendAlongAsync();
    }

    public override async Task FlushAsync(CancellationToken cancellationToken) => await inner.FlushAsync(cancellationToken).ConfigureAwait(false);

    public override async ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            engine.CompleteWrites();
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public override void Abort() => inner.Abort();

    public override async ValueTask DisposeAsync()
    {
        engine.Dispose();
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            engine.Dispose();
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    // No buffer is rented while the peer sends nothing.
    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        await inner.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        byte[] rented = ArrayPool<byte>.Shared.Rent(_filled ? BatchingStream.MostAhead : InputSize);
        int read;
        try
        {
            read = await inner.ReadAsync(rented, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }
        _filled = read == rented.Length;
        engine.SetInput(rented, read);
    }

    // The gate must be held, so that records leave in the order of their numbers.
    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        while (engine.TryTakeOutput(out ArraySegment<byte> output))
        {
            try
            {
                if (_broken) throw new IOException("an earlier write was cut off in the middle of a record");
                _broken = true;
                await inner.WriteAsync(output, cancellationToken).ConfigureAwait(false);
                _broken = false;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(output.Array!);
            }
        }
    }

    private async Task SendAlongAsync()
    {
        while (engine.HasOutput && await _gate.WaitAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                await SendAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
            {
                return; // the connection has ended, and the next read or write reports it
            }
            finally
            {
                _gate.Release();
            }
        }
    }
}
