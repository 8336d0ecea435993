using System.Buffers;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Exits.Shadowsocks;

/// <summary>Datagrams through a Shadowsocks server.</summary>
/// <param name="inner">Datagrams to the server.</param>
/// <param name="server">The server.</param>
/// <param name="seal">Seals and opens them.</param>
internal sealed class ShadowsocksDatagramFlow(IDatagramFlow inner, Destination server, IDatagramSeal seal) : IDatagramFlow
{
    // UDP over IPv4 has no more.
    private const int MaxDatagram = 65_507;

    public async ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(datagram.Length + seal.Overhead);
        try
        {
            int length = seal.Seal(destination, datagram.Span, buffer);
            return length <= MaxDatagram && await inner.SendAsync(server, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public LeftConnection? LeftTo(Destination destination) => inner.LeftTo(server) is { } left
        ? left.Kind == LeftKind.Target ? left with { Kind = LeftKind.Proxy } : left
        : null;

    public async ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            (int received, _) = await inner.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (buffer.IsEmpty) return default;
            // Who sent it does not count, but what it is sealed with.
            if (seal.TryOpen(buffer.Span[..received], out Destination? source, out int length)) return new DatagramReceived(length, source);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        seal.Dispose();
    }
}
