using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>Reads datagram headers and remembers the last one: most datagrams go where the one before went, and then no
/// destination is made. Not thread-safe.</summary>
internal sealed class Socks5UdpHeaderCache
{
    private byte[] _header = [];
    private Destination? _destination;

    public bool TryRead(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out Destination? destination, out int length)
    {
        // A header determines its own length, so a datagram that begins with the same bytes has the same header.
        if (_destination is not null && datagram.StartsWith(_header))
        {
            destination = _destination;
            length = _header.Length;
            return true;
        }
        if (!Socks5UdpHeader.TryRead(datagram, out destination, out length)) return false;
        _header = datagram[..length].ToArray();
        _destination = destination;
        return true;
    }
}
