using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tls;

/// <summary>Looks at the first byte of a connection, as web servers do, to see whether the client speaks TLS.</summary>
internal static class TlsPeek
{
    private const int MostRead = 4096;
    private const byte Handshake = 0x16; // RFC 8446 section 5.1
    private const byte Ssl2 = 0x80; // the first bit of a ClientHello of SSL 2, which TLS answers with an alert

    /// <summary>Waits for the first byte.</summary>
    /// <returns>Whether it can begin TLS (true as well when the client ends without one), and the connection from that byte on.</returns>
    public static async ValueTask<(bool IsTls, DuplexStream Stream)> ReadAsync(DuplexStream inner, CancellationToken cancellationToken)
    {
        using HandshakeReader reader = new(inner);
        bool any = await reader.ReadMoreAsync(MostRead, cancellationToken).ConfigureAwait(false);
        bool isTls = !any || reader.Unread[0] == Handshake || (reader.Unread[0] & Ssl2) != 0;
        return (isTls, reader.Detach());
    }
}
