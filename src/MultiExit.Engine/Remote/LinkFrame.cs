using System.Buffers.Binary;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Remote;

/// <summary>A frame of a control link: type (1 octet), channel (4), length of the payload (4), payload; numbers are big-endian.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Channel">Its channel, from 1.</param>
/// <param name="Payload">The payload.</param>
internal readonly record struct LinkFrame(LinkFrameType Type, uint Channel, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The octets before the payload.</summary>
    public const int HeaderLength = 9;

    /// <summary>The most octets of a payload.</summary>
    public const int MaxPayload = 16 * 1024;

    /// <summary>The octets of the frame.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[HeaderLength + Payload.Length];
        bytes[0] = (byte)Type;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), Channel);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(5), (uint)Payload.Length);
        Payload.Span.CopyTo(bytes.AsSpan(HeaderLength));
        return bytes;
    }

    /// <summary>A frame that gives the peer credit.</summary>
    public static LinkFrame OfCredit(uint channel, int count)
    {
        byte[] payload = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)count);
        return new LinkFrame(LinkFrameType.Credit, channel, payload);
    }

    /// <summary>Reads the next frame; null at the end of the stream between two frames.</summary>
    /// <exception cref="ProxyException">The frame is too long.</exception>
    /// <exception cref="IOException">The stream ends within it, or broke.</exception>
    public static async ValueTask<LinkFrame?> ReadAsync(Stream stream, byte[] header, CancellationToken cancellationToken)
    {
        int first = await stream.ReadAsync(header.AsMemory(0, HeaderLength), cancellationToken).ConfigureAwait(false);
        if (first == 0) return null;
        await stream.ReadExactlyAsync(header.AsMemory(first, HeaderLength - first), cancellationToken).ConfigureAwait(false);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(5));
        if (length > MaxPayload) throw new ProxyException(ProxyError.ProtocolViolation, $"a frame of the control link has {length} octets");
        byte[] payload = length == 0 ? [] : new byte[length];
        await stream.ReadExactlyAsync(payload, cancellationToken).ConfigureAwait(false);
        return new LinkFrame((LinkFrameType)header[0], BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1)), payload);
    }
}
