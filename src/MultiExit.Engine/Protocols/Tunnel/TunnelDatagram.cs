namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The payload of Datagram: address | data. The address is the target's on the way out, the source's on the way back.</summary>
internal static class TunnelDatagram
{
    /// <summary>The most data that fits after any address, in bytes.</summary>
    public const int MaxData = TunnelWire.MaxPayload - TunnelAddress.MaxLength;

    /// <summary>Reads a payload; the data, which may be empty, begins at <paramref name="dataOffset"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out Destination? address, out int dataOffset) =>
        TunnelAddress.TryRead(payload, out address, out dataOffset, out _);

    /// <summary>Writes the payload up to the data and returns its length, at most <see cref="TunnelAddress.MaxLength"/>.</summary>
    public static int WriteHead(Span<byte> target, Destination address) => TunnelAddress.Write(target, address);
}
