using System.Buffers.Binary;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>type 1 | stream id 4 | length 2. Not authentic before the frame has been opened.</summary>
/// <param name="Type">The type, always a known one.</param>
/// <param name="StreamId">0 for the frames of the carrier, otherwise odd.</param>
/// <param name="BodyLength">The length of the body in bytes, with the tag, without the HMAC.</param>
internal readonly record struct TunnelFrameHeader(TunnelFrameType Type, uint StreamId, int BodyLength)
{
    /// <summary>Reads a header.</summary>
    /// <returns>Invalid when the type is unknown, the stream id does not fit the type, or the body is longer than allowed.</returns>
    public static ParseStatus TryRead(ReadOnlySpan<byte> source, out TunnelFrameHeader header)
    {
        header = default;
        if (source.Length < TunnelWire.HeaderLength) return ParseStatus.NeedMore;
        var read = new TunnelFrameHeader(
            (TunnelFrameType)source[0],
            BinaryPrimitives.ReadUInt32BigEndian(source[1..]),
            BinaryPrimitives.ReadUInt16BigEndian(source[5..]));
        if (!IsStreamIdOf(read.Type, read.StreamId) || read.BodyLength > TunnelWire.MaxBody) return ParseStatus.Invalid;
        header = read;
        return ParseStatus.Ok;
    }

    /// <summary>Writes the header, 7 bytes.</summary>
    public void Write(Span<byte> target)
    {
        target[0] = (byte)Type;
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], StreamId);
        BinaryPrimitives.WriteUInt16BigEndian(target[5..], (ushort)BodyLength);
    }

    /// <summary>True when the type is known and a frame of it may carry this stream id.</summary>
    public static bool IsStreamIdOf(TunnelFrameType type, uint streamId) => type switch
    {
        TunnelFrameType.Ping or TunnelFrameType.Pong or TunnelFrameType.Padding or TunnelFrameType.GoAway => streamId == 0,
        >= TunnelFrameType.Connect and <= TunnelFrameType.Datagram => (streamId & 1) == 1,
        _ => false,
    };
}
