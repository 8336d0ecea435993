using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>A datagram by SIP007: salt | AEAD(address of RFC 1928, payload), with a nonce of zeros.</summary>
internal static class ShadowsocksPacket
{
    /// <summary>The octets that a datagram has at most beside its payload.</summary>
    public const int MaxOverhead = ShadowsocksMethods.MaxKeyLength + Socks5Address.MaxLength + ShadowsocksMethods.TagLength;

    /// <summary>Seals a datagram and returns its length.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key.</param>
    /// <param name="salt">The salt, as long as the key and never used before.</param>
    /// <param name="address">Where it goes, or comes from.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="target">Room for the payload and <see cref="MaxOverhead"/>.</param>
    public static int Seal(
        ShadowsocksMethod method, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, Destination address, ReadOnlySpan<byte> payload, Span<byte> target)
    {
        salt.CopyTo(target);
        Span<byte> body = target[salt.Length..];
        int length = Socks5Address.Write(body, address);
        payload.CopyTo(body[length..]);
        length += payload.Length;
        using ShadowsocksCipher cipher = ShadowsocksCipher.OfSession(method, key, salt);
        return salt.Length + cipher.Seal(body[..length], body);
    }

    /// <summary>Opens a datagram.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key.</param>
    /// <param name="source">The datagram.</param>
    /// <param name="target">Room for as many octets.</param>
    /// <param name="address">Where it goes, or comes from.</param>
    /// <param name="payload">The payload, in the room.</param>
    /// <returns>False when it is none of this key, or malformed.</returns>
    public static bool TryOpen(
        ShadowsocksMethod method, ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, Span<byte> target, out Destination? address,
        out ReadOnlySpan<byte> payload)
    {
        address = null;
        payload = default;
        int saltLength = method.KeyLength();
        int length = source.Length - saltLength - ShadowsocksMethods.TagLength;
        if (length <= 0) return false;
        using ShadowsocksCipher cipher = ShadowsocksCipher.OfSession(method, key, source[..saltLength]);
        if (!cipher.TryOpen(source[saltLength..], target)) return false;
        if (Socks5Address.TryRead(target[..length], out address, out int consumed, out _) != ParseStatus.Ok) return false;
        payload = target[consumed..length];
        return true;
    }
}
