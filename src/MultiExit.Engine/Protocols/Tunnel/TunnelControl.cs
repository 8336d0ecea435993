using System.Buffers.Binary;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The payloads of fixed length: Window, Reset, Ping and Pong, GoAway.</summary>
internal static class TunnelControl
{
    public const int WindowLength = 4;
    public const int ResetLength = 1;
    public const int PingLength = 8;
    public const int GoAwayLength = 4;

    /// <summary>Reads the credit of a Window, in bytes; never 0.</summary>
    public static bool TryReadWindow(ReadOnlySpan<byte> payload, out uint credit) =>
        TryReadUInt32(payload, out credit) && credit != 0;

    /// <summary>Writes a Window and returns its length.</summary>
    public static int WriteWindow(Span<byte> target, uint credit)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, credit);
        return WindowLength;
    }

    /// <summary>Reads the code of a Reset; unknown codes are kept.</summary>
    public static bool TryReadReset(ReadOnlySpan<byte> payload, out TunnelResetCode code)
    {
        code = payload.Length == ResetLength ? (TunnelResetCode)payload[0] : default;
        return payload.Length == ResetLength;
    }

    /// <summary>Writes a Reset and returns its length.</summary>
    public static int WriteReset(Span<byte> target, TunnelResetCode code)
    {
        target[0] = (byte)code;
        return ResetLength;
    }

    /// <summary>Reads the 8 bytes of a Ping or Pong; they have no meaning to the peer.</summary>
    public static bool TryReadPing(ReadOnlySpan<byte> payload, out ulong opaque)
    {
        opaque = payload.Length == PingLength ? BinaryPrimitives.ReadUInt64BigEndian(payload) : 0;
        return payload.Length == PingLength;
    }

    /// <summary>Writes a Ping or Pong and returns its length.</summary>
    public static int WritePing(Span<byte> target, ulong opaque)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, opaque);
        return PingLength;
    }

    /// <summary>Reads the last stream id of a GoAway: 0, or the id of a stream.</summary>
    public static bool TryReadGoAway(ReadOnlySpan<byte> payload, out uint lastStreamId) =>
        TryReadUInt32(payload, out lastStreamId) && (lastStreamId == 0 || (lastStreamId & 1) == 1);

    /// <summary>Writes a GoAway and returns its length.</summary>
    public static int WriteGoAway(Span<byte> target, uint lastStreamId)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, lastStreamId);
        return GoAwayLength;
    }

    private static bool TryReadUInt32(ReadOnlySpan<byte> payload, out uint value)
    {
        value = payload.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(payload) : 0;
        return payload.Length == sizeof(uint);
    }
}
