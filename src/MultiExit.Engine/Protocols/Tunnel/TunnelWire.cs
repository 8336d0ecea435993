namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>Sizes of the tunnel protocol, in bytes unless said otherwise. All integers are big-endian.</summary>
internal static class TunnelWire
{
    public const byte Version = 1;

    /// <summary>Type 1 | stream id 4 | length 2.</summary>
    public const int HeaderLength = 7;

    /// <summary>The tag of either AEAD; the length of a frame counts it.</summary>
    public const int TagLength = 16;

    /// <summary>The truncated HMAC after a handshake message and after the body of a frame, whose length does not count it.</summary>
    public const int MacLength = 4;

    /// <summary>The pad length byte and the most random bytes after it.</summary>
    public const int MaxPaddingLength = 1 + 127;

    /// <summary>The largest payload of a frame (the plaintext without padding), of any type, that a sender may send.</summary>
    public const int MaxPayload = 16384;

    /// <summary>The largest body a receiver accepts. Anything longer is invalid, which bounds the memory a carrier can claim.</summary>
    public const int MaxBody = MaxPayload + MaxPaddingLength + TagLength;

    /// <summary>The largest frame, whatever the method: room for this is room for any frame.</summary>
    public const int MaxFrame = HeaderLength + MaxBody + MacLength;

    /// <summary>The most bytes by which a frame is longer than its payload.</summary>
    public const int MaxOverhead = MaxFrame - MaxPayload;

    /// <summary>The credit of a new stream, in each direction.</summary>
    public const int InitialWindow = 256 * 1024;

    /// <summary>The most credit a sender may hold; a Window that lifts it above this is a flow-control error.</summary>
    public const int MaxWindow = int.MaxValue;

    /// <summary>After so many frames a direction goes on with the next keys.</summary>
    public const ulong RekeyInterval = 1UL << 24;
}
