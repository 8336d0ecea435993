using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>Makes the frames of one direction, in the order they are sent. Not thread-safe.</summary>
internal sealed class TunnelFrameSealer : IDisposable
{
    /// <summary>Where a payload may already lie in the destination, to be sealed in place: without padding, nothing is copied.</summary>
    public const int PayloadOffset = TunnelWire.HeaderLength;

    private const int PadLengthMask = 0x7f;

    private readonly TunnelFrameCipher? _cipher;
    private readonly TunnelRandom? _random;

    /// <summary>Creates a sealer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="flags">The flags in force, as the server's message says.</param>
    /// <param name="keys">The first keys of the direction; they belong to the sealer from here on.</param>
    /// <param name="rekeyInterval">Frames an epoch; other than <see cref="TunnelWire.RekeyInterval"/> for tests only.</param>
    /// <param name="random">The source of padding: asked once a frame for 128 bytes. The lower 7 bits of the first are the pad
    /// length, that many of the following bytes the padding. Null: the system's generator.</param>
    public TunnelFrameSealer(
        TunnelMethod method, TunnelFlags flags, TunnelKeys? keys,
        ulong rekeyInterval = TunnelWire.RekeyInterval, TunnelRandom? random = null)
    {
        _cipher = TunnelFrameCipher.Create(method, keys, rekeyInterval);
        if (flags.HasFlag(TunnelFlags.Padding)) _random = random ?? RandomNumberGenerator.Fill;
    }

    /// <summary>Makes frames that a layer beneath protects, and that need no keys.</summary>
    public static TunnelFrameSealer Unprotected() => new(TunnelMethod.TlsOnly, TunnelFlags.None, null);

    /// <summary>The room that sealing a payload needs in the destination, which is also the longest the frame can become.</summary>
    public int GetMaxFrameLength(int payloadLength) => TunnelWire.HeaderLength + payloadLength
        + (_random is null ? 0 : TunnelWire.MaxPaddingLength)
        + (_cipher is null ? 0 : TunnelWire.TagLength + TunnelWire.MacLength);

    /// <summary>Writes a frame.</summary>
    /// <param name="type">The type.</param>
    /// <param name="streamId">0 for the frames of the carrier, otherwise odd.</param>
    /// <param name="payload">At most <see cref="TunnelWire.MaxPayload"/> bytes. Either at <see cref="PayloadOffset"/> of the
    /// destination, or not in the destination at all.</param>
    /// <param name="destination">At least <see cref="GetMaxFrameLength"/> bytes.</param>
    /// <returns>The length of the frame.</returns>
    public int Seal(TunnelFrameType type, uint streamId, ReadOnlySpan<byte> payload, Span<byte> destination) =>
        Seal(type, streamId, payload, [], destination);

    /// <summary>Writes a frame whose payload is in two pieces; the second must not lie in the destination.</summary>
    /// <inheritdoc cref="Seal(TunnelFrameType, uint, ReadOnlySpan{byte}, Span{byte})"/>
    public int Seal(
        TunnelFrameType type, uint streamId, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> morePayload, Span<byte> destination)
    {
        // Every refusal comes before the frame takes its number.
        int payloadLength = payload.Length + morePayload.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadLength, TunnelWire.MaxPayload);
        if (!TunnelFrameHeader.IsStreamIdOf(type, streamId)) throw new ArgumentException("The stream id is not one for this type.", nameof(streamId));
        if (destination.Length < GetMaxFrameLength(payloadLength)) throw new ArgumentException("The frame may not fit.", nameof(destination));

        Span<byte> random = stackalloc byte[TunnelWire.MaxPaddingLength];
        int padding = 0;
        if (_random is not null)
        {
            _random(random);
            random[0] &= PadLengthMask;
            padding = 1 + random[0];
        }
        Span<byte> plaintext = destination.Slice(TunnelWire.HeaderLength, padding + payloadLength);
        // An encryption reads the payload from where it is; otherwise the payload has to be moved into its place, the last piece first.
        bool readsPayload = _cipher is not null && padding == 0 && morePayload.IsEmpty;
        if (!readsPayload)
        {
            morePayload.CopyTo(plaintext[(padding + payload.Length)..]);
            payload.CopyTo(plaintext[padding..]);
            random[..padding].CopyTo(plaintext);
        }
        int bodyLength = plaintext.Length + (_cipher is null ? 0 : TunnelWire.TagLength);
        new TunnelFrameHeader(type, streamId, bodyLength).Write(destination);
        int macOffset = TunnelWire.HeaderLength + bodyLength;
        if (_cipher is null) return macOffset;

        Span<byte> header = destination[..TunnelWire.HeaderLength];
        Span<byte> tag = destination[(macOffset - TunnelWire.TagLength)..macOffset];
        _cipher.BeginFrame();
        _cipher.Encrypt(header, readsPayload ? payload : plaintext, plaintext, tag);
        _cipher.ComputeMac(header, tag, destination.Slice(macOffset, TunnelWire.MacLength));
        return macOffset + TunnelWire.MacLength;
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher?.Dispose();
}
