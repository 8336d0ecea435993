namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The result of opening a frame. Every failure ends the carrier; which failure it was is for the log and the counters.</summary>
internal enum TunnelOpenStatus : byte
{
    Ok,

    /// <summary>The header is invalid or does not fit the length of the frame.</summary>
    BadHeader,

    /// <summary>The frame HMAC is wrong; nothing was decrypted.</summary>
    BadMac,

    /// <summary>The tag of the AEAD is wrong.</summary>
    BadTag,

    /// <summary>The pad length is above 127 or beyond the plaintext.</summary>
    BadPadding,

    /// <summary>The payload is longer than <see cref="TunnelWire.MaxPayload"/>.</summary>
    TooLarge,
}
