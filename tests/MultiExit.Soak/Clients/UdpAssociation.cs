using System.Net;
using System.Net.Sockets;

namespace MultiExit.Soak.Clients;

/// <summary>A UDP association of SOCKS5, RFC 1928 section 7.</summary>
internal sealed class UdpAssociation : IAsyncDisposable
{
    // RSV 2, FRAG 1, then an IPv4 address: type 1, address 4, port 2.
    private const int Header = 10;
    private static readonly IPEndPoint Any = new(IPAddress.Any, 0);

    private readonly Connection _control;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    private UdpAssociation(Connection control, IPEndPoint relay)
    {
        _control = control;
        _socket.Connect(relay);
    }

    public static async Task<UdpAssociation> OpenAsync(Dialer dialer, Way way, CancellationToken cancellationToken)
    {
        TcpConnection control = await TcpConnection.ConnectAsync(dialer[way.Entrance], cancellationToken);
        try
        {
            return new UdpAssociation(control, await Handshakes.Socks5Async(
                control, Handshakes.Associate, Any, way.Exit.Name, Dialer.Password, cancellationToken));
        }
        catch
        {
            await control.DisposeAsync();
            throw;
        }
    }

    public async Task SendAsync(IPEndPoint target, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        await _socket.SendAsync((byte[])[0, 0, 0, .. Handshakes.Socks5Address(target), .. data.Span], cancellationToken);

    /// <summary>The next datagram's data.</summary>
    public async Task<ReadOnlyMemory<byte>> ReceiveAsync(IPEndPoint from, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[2048];
        int length = await _socket.ReceiveAsync(buffer, cancellationToken);
        if (length < Header || !buffer.AsSpan(3, Header - 3).SequenceEqual(Handshakes.Socks5Address(from)))
            throw new WrongBytesException("a datagram has another source than the target");
        return buffer.AsMemory(Header, length - Header);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return _control.DisposeAsync();
    }
}
