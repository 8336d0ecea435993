using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The payload of Connect: kind 1 | address | first data.</summary>
internal static class TunnelConnect
{
    /// <summary>The longest payload without first data, in bytes.</summary>
    public const int MaxHeadLength = 1 + TunnelAddress.MaxLength;

    /// <summary>Reads a payload.</summary>
    /// <param name="payload">The whole payload.</param>
    /// <param name="kind">The kind; only known ones.</param>
    /// <param name="destination">The destination. With UDP a hint, 0.0.0.0:0 when the client has none.</param>
    /// <param name="dataOffset">Where the first data begins; with UDP there is none.</param>
    /// <param name="error">The reply when the result is false.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> payload, out TunnelConnectKind kind, out Destination? destination, out int dataOffset, out Socks5Reply error)
    {
        kind = default;
        destination = null;
        dataOffset = 0;
        error = Socks5Reply.GeneralFailure;
        if (payload.IsEmpty) return false;
        kind = (TunnelConnectKind)payload[0];
        if (kind is not (TunnelConnectKind.Tcp or TunnelConnectKind.Udp))
        {
            error = Socks5Reply.CommandNotSupported;
            return false;
        }
        if (!TunnelAddress.TryRead(payload[1..], out destination, out int length, out error)) return false;
        dataOffset = 1 + length;
        return kind == TunnelConnectKind.Tcp || dataOffset == payload.Length;
    }

    /// <summary>Writes the payload up to the first data and returns its length, at most <see cref="MaxHeadLength"/>.</summary>
    public static int WriteHead(Span<byte> target, TunnelConnectKind kind, Destination destination)
    {
        target[0] = (byte)kind;
        return 1 + TunnelAddress.Write(target[1..], destination);
    }
}
