using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>Opens the frames of one direction, in the order they came. Not thread-safe.</summary>
/// <remarks>After a failure every further frame fails as well: the carrier has to end.</remarks>
internal sealed class TunnelFrameOpener : IDisposable
{
    private readonly TunnelFrameCipher? _cipher;
    private readonly bool _padding;
    private readonly int _tagLength;
    private readonly int _macLength;
    private TunnelOpenStatus _status;

    /// <summary>Creates an opener.</summary>
    /// <param name="method">The method.</param>
    /// <param name="flags">The flags in force, as the server's message says.</param>
    /// <param name="keys">The first keys of the direction; they belong to the opener from here on.</param>
    /// <param name="rekeyInterval">Frames an epoch; other than <see cref="TunnelWire.RekeyInterval"/> for tests only.</param>
    public TunnelFrameOpener(TunnelMethod method, TunnelFlags flags, TunnelKeys? keys, ulong rekeyInterval = TunnelWire.RekeyInterval)
    {
        _cipher = TunnelFrameCipher.Create(method, keys, rekeyInterval);
        _padding = flags.HasFlag(TunnelFlags.Padding);
        _tagLength = _cipher is null ? 0 : TunnelWire.TagLength;
        _macLength = _cipher is null ? 0 : TunnelWire.MacLength;
    }

    /// <summary>Opens frames that a layer beneath protects, and that need no keys.</summary>
    public static TunnelFrameOpener Unprotected() => new(TunnelMethod.TlsOnly, TunnelFlags.None, null);

    /// <summary>Reads the header of the next frame, to learn how many bytes to wait for.</summary>
    /// <param name="source">The bytes so far.</param>
    /// <param name="header">The header; not authentic yet.</param>
    /// <param name="frameLength">The length of the whole frame in bytes, at most <see cref="TunnelWire.MaxFrame"/>.</param>
    /// <returns>NeedMore below 7 bytes; Ok does not mean that the rest of the frame has come.</returns>
    public ParseStatus TryReadHeader(ReadOnlySpan<byte> source, out TunnelFrameHeader header, out int frameLength)
    {
        frameLength = 0;
        ParseStatus status = TunnelFrameHeader.TryRead(source, out header);
        if (status != ParseStatus.Ok) return status;
        if (header.BodyLength < _tagLength + (_padding ? 1 : 0)) return ParseStatus.Invalid;
        frameLength = TunnelWire.HeaderLength + header.BodyLength + _macLength;
        return ParseStatus.Ok;
    }

    /// <summary>The room in bytes that opening a frame of this length needs.</summary>
    public int GetPlaintextLength(int frameLength) => frameLength - TunnelWire.HeaderLength - _tagLength - _macLength;

    /// <summary>Opens a frame.</summary>
    /// <param name="frame">The whole frame and nothing more.</param>
    /// <param name="destination">Where the payload goes, to its start: room for the body without its tag. Either exactly the place of
    /// the body (7 bytes into the frame), or not in the frame at all.</param>
    /// <param name="payloadLength">The length of the payload in bytes.</param>
    public TunnelOpenStatus Open(ReadOnlySpan<byte> frame, Span<byte> destination, out int payloadLength)
    {
        payloadLength = 0;
        if (_status == TunnelOpenStatus.Ok) _status = OpenNext(frame, destination, out payloadLength);
        return _status;
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher?.Dispose();

    private TunnelOpenStatus OpenNext(ReadOnlySpan<byte> frame, Span<byte> destination, out int payloadLength)
    {
        payloadLength = 0;
        if (TryReadHeader(frame, out TunnelFrameHeader header, out int frameLength) != ParseStatus.Ok || frameLength != frame.Length)
            return TunnelOpenStatus.BadHeader;
        ReadOnlySpan<byte> ciphertext = frame.Slice(TunnelWire.HeaderLength, header.BodyLength - _tagLength);
        Span<byte> plaintext = destination[..ciphertext.Length];
        if (_cipher is null)
        {
            ciphertext.CopyTo(plaintext);
        }
        else
        {
            _cipher.BeginFrame();
            int macOffset = TunnelWire.HeaderLength + header.BodyLength;
            Span<byte> mac = stackalloc byte[TunnelWire.MacLength];
            ReadOnlySpan<byte> headerBytes = frame[..TunnelWire.HeaderLength];
            ReadOnlySpan<byte> tag = frame[(macOffset - _tagLength)..macOffset];
            _cipher.ComputeMac(headerBytes, tag, mac);
            if (!CryptographicOperations.FixedTimeEquals(mac, frame[macOffset..])) return TunnelOpenStatus.BadMac;
            if (!_cipher.TryDecrypt(headerBytes, ciphertext, tag, plaintext)) return TunnelOpenStatus.BadTag;
        }
        int padding = _padding ? 1 + plaintext[0] : 0;
        if (padding > Math.Min(plaintext.Length, TunnelWire.MaxPaddingLength)) return TunnelOpenStatus.BadPadding;
        int length = plaintext.Length - padding;
        if (length > TunnelWire.MaxPayload) return TunnelOpenStatus.TooLarge;
        if (padding != 0) plaintext[padding..].CopyTo(plaintext);
        payloadLength = length;
        return TunnelOpenStatus.Ok;
    }
}
