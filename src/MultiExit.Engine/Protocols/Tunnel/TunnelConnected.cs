using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The payload of Connected: SOCKS5 reply code 1 | bound address.</summary>
internal static class TunnelConnected
{
    /// <summary>The longest payload in bytes.</summary>
    public const int MaxLength = 1 + TunnelAddress.MaxLength;

    /// <summary>Reads a payload; unknown reply codes are kept, and are failures.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out Socks5Reply reply, out Destination? bound)
    {
        reply = default;
        bound = null;
        if (payload.IsEmpty) return false;
        reply = (Socks5Reply)payload[0];
        return TunnelAddress.TryRead(payload[1..], out bound, out int length, out _) && 1 + length == payload.Length;
    }

    /// <summary>Writes a payload and returns its length, at most <see cref="MaxLength"/>.</summary>
    /// <param name="target">The buffer to write to.</param>
    /// <param name="reply">The outcome.</param>
    /// <param name="bound">The address the connection was made from; 0.0.0.0:0 when there is none.</param>
    public static int Write(Span<byte> target, Socks5Reply reply, Destination bound)
    {
        target[0] = (byte)reply;
        return 1 + TunnelAddress.Write(target[1..], bound);
    }
}
