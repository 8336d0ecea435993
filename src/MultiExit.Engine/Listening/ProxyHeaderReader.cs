using System.Buffers;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.ProxyProtocol;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>Reads the header that a load balancer sends before the client's bytes, and not one byte more: what follows, TLS or not, is as on any other
/// connection.</summary>
internal static class ProxyHeaderReader
{
    // Most headers have fewer bytes; one with many vectors gets a larger buffer.
    private const int UsualLength = 256;

    /// <summary>Reads it. The listener's handshake time-out ends the wait.</summary>
    /// <returns>Null when the peer ends the connection without a byte, as health checks do.</returns>
    /// <exception cref="ProxyHeaderException">It is none.</exception>
    public static async ValueTask<ProxyHeader?> ReadAsync(DuplexStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(UsualLength);
        int length = 0;
        try
        {
            while (true)
            {
                ParseStatus status = ProxyHeader.TryRead(buffer.AsSpan(0, length), out ProxyHeader? header, out _, out string? fault);
                if (status == ParseStatus.Ok) return header;
                if (status == ParseStatus.Invalid) throw new ProxyHeaderException(fault!);
                int missing = ProxyHeader.Missing(buffer.AsSpan(0, length));
                if (length + missing > buffer.Length) buffer = Larger(buffer, length, length + missing);
                int read = await stream.ReadAsync(buffer.AsMemory(length, missing), cancellationToken).ConfigureAwait(false);
                if (read == 0) return length == 0 ? null : throw new ProxyHeaderException($"it ended after {length} bytes of a header");
                length += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // At most that of the longest header, 64 KiB.
    private static byte[] Larger(byte[] buffer, int length, int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(needed);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
