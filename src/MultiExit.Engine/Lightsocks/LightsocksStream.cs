using System.Buffers;
using MultiExit.Engine.Protocols.Lightsocks;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Lightsocks;

/// <summary>A connection of Lightsocks over another one: the same octets, each replaced by another.</summary>
/// <param name="inner">The connection beneath.</param>
/// <param name="table">The substitution.</param>
internal sealed class LightsocksStream(DuplexStream inner, LightsocksTable table) : DuplexStream
{
    private const int LargestWrite = 64 * 1024;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Span<byte> octets = buffer.Span[..read];
        table.Decode(octets, octets);
        return read;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return;
        // The caller's octets stay as they are.
        byte[] octets = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, LargestWrite));
        try
        {
            while (!buffer.IsEmpty)
            {
                int count = Math.Min(buffer.Length, octets.Length);
                table.Encode(buffer.Span[..count], octets);
                await inner.WriteAsync(octets.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                buffer = buffer[count..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets);
        }
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => inner.CompleteWritesAsync(cancellationToken);

    public override void Abort() => inner.Abort();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
