using System.Buffers;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Socks5;

/// <summary>Datagrams through a SOCKS5 proxy's UDP association. It ends with the association's TCP connection.</summary>
internal sealed class Socks5DatagramFlow : IDatagramFlow
{
    private readonly DuplexStream _control;
    private readonly IDatagramFlow _inner;
    private readonly Destination _relay;
    private readonly Socks5UdpHeaderCache _headers = new();

    /// <summary>Takes over the control connection and the flow to the proxy.</summary>
    /// <param name="control">The association's TCP connection.</param>
    /// <param name="inner">Datagrams to the proxy.</param>
    /// <param name="relay">Where the proxy takes datagrams.</param>
    public Socks5DatagramFlow(DuplexStream control, IDatagramFlow inner, Destination relay)
    {
        _control = control;
        _inner = inner;
        _relay = relay;
        _ = WatchControlAsync();
    }

    public async ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        int header = Socks5UdpHeader.GetLength(destination);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(header + datagram.Length);
        try
        {
            Socks5UdpHeader.Write(buffer, destination);
            datagram.CopyTo(buffer.AsMemory(header));
            return await _inner.SendAsync(_relay, buffer.AsMemory(0, header + datagram.Length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public LeftConnection? LeftTo(Destination destination) => _inner.LeftTo(_relay) is { } left
        ? left.Kind == LeftKind.Target ? left with { Kind = LeftKind.Proxy } : left
        : null;

    public async ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            (int length, Destination source) = await _inner.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (buffer.IsEmpty) return default;
            if (IsRelay(source) && TryUnwrap(buffer.Span[..length], out DatagramReceived received)) return received;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false);
        await _control.DisposeAsync().ConfigureAwait(false);
    }

    private bool TryUnwrap(Span<byte> datagram, out DatagramReceived received)
    {
        received = default;
        if (!_headers.TryRead(datagram, out Destination? source, out int header)) return false;
        datagram[header..].CopyTo(datagram);
        received = new DatagramReceived(datagram.Length - header, source);
        return true;
    }

    // A relay that is known only by name shows its address only in the datagrams that it sends; only the port can be checked.
    private bool IsRelay(Destination source) =>
        source.Port == _relay.Port && (_relay.Address is not { } address || address.Equals(source.Address));

    private async Task WatchControlAsync()
    {
        byte[] buffer = new byte[64];
        try
        {
            while (await _control.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Counts as the end of the flow.
        }
        await DisposeAsync().ConfigureAwait(false);
    }
}
