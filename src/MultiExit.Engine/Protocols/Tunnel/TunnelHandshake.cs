using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The handshake, one message each way:
/// version 1 | method 1 | flags 2 | random 16 | Unix seconds 8 | HMAC 4.</summary>
internal static class TunnelHandshake
{
    /// <summary>The length of either message, in bytes.</summary>
    public const int Length = SignedLength + TunnelWire.MacLength;

    public const int RandomLength = 16;

    /// <summary>How far a client's clock may be off, in seconds, in either direction.</summary>
    public const long MaxClockSkew = 300;

    private const int SignedLength = 28;
    private const TunnelFlags KnownFlags = TunnelFlags.Padding;

    /// <summary>Writes the client's message, 32 bytes.</summary>
    public static void WriteClient(Span<byte> target, TunnelPsk psk, in TunnelHello hello)
    {
        WriteFields(target, hello);
        ComputeMac(psk, [], target[..SignedLength], target[SignedLength..Length]);
    }

    /// <summary>Writes the server's message, 32 bytes.</summary>
    /// <param name="target">The buffer to write to.</param>
    /// <param name="psk">The key.</param>
    /// <param name="clientMessage">The message it answers; its MAC has been checked.</param>
    /// <param name="hello">The content of the message; the method must be the client's.</param>
    public static void WriteServer(Span<byte> target, TunnelPsk psk, ReadOnlySpan<byte> clientMessage, in TunnelHello hello)
    {
        WriteFields(target, hello);
        ComputeMac(psk, clientMessage[..SignedLength], target[..SignedLength], target[SignedLength..Length]);
    }

    /// <summary>Reads a client's message.</summary>
    /// <remarks>A wrong version is the only failure known before all 32 bytes are there: a client of another protocol need not be kept
    /// waiting. Everything else is checked only once the MAC is right. The caller has to find replays.</remarks>
    /// <param name="source">The bytes so far; bytes after the message are ignored.</param>
    /// <param name="psk">The key.</param>
    /// <param name="now">The time in Unix seconds.</param>
    /// <param name="hello">The content of the message, also when its time is bad.</param>
    public static TunnelHandshakeStatus ReadClient(ReadOnlySpan<byte> source, TunnelPsk psk, long now, out TunnelHello hello) =>
        ReadClient(source, [psk], now, out hello, out _);

    /// <summary>The same for a server with several keys. It takes the same time whichever of them is the client's, or none.</summary>
    /// <param name="source">The bytes so far; bytes after the message are ignored.</param>
    /// <param name="psks">The keys.</param>
    /// <param name="now">The time in Unix seconds.</param>
    /// <param name="hello">The content of the message, also when its time is bad.</param>
    /// <param name="key">The place of the client's key; -1 until the MAC is right.</param>
    public static TunnelHandshakeStatus ReadClient(
        ReadOnlySpan<byte> source, ReadOnlySpan<TunnelPsk> psks, long now, out TunnelHello hello, out int key)
    {
        TunnelHandshakeStatus status = Read(source, psks, [], out hello, out key);
        return status == TunnelHandshakeStatus.Ok && IsOff(hello, now) ? TunnelHandshakeStatus.BadTime : status;
    }

    /// <summary>The same for a server with thousands of keys.</summary>
    /// <param name="source">The bytes so far; bytes after the message are ignored.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="now">The time in Unix seconds.</param>
    /// <param name="hello">The content of the message, also when its time is bad.</param>
    /// <param name="key">The place of the client's key; -1 until the MAC is right.</param>
    public static TunnelHandshakeStatus ReadClient(ReadOnlySpan<byte> source, TunnelKeySet keys, long now, out TunnelHello hello, out int key)
    {
        (hello, key) = (default, -1);
        TunnelHandshakeStatus status = StateOf(source);
        if (status == TunnelHandshakeStatus.Ok) status = Known(source, key = keys.Find(source[..SignedLength], source[SignedLength..Length]), out hello);
        return status == TunnelHandshakeStatus.Ok && IsOff(hello, now) ? TunnelHandshakeStatus.BadTime : status;
    }

    /// <summary>Whether a client's message is all there and of this version, so that keys have to be tried: that is what costs something.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> source) => StateOf(source) == TunnelHandshakeStatus.Ok;

    /// <summary>Reads a server's message.</summary>
    /// <remarks>Its time is not checked: the MAC covers the client's random, so the answer is fresh.</remarks>
    /// <param name="source">The bytes so far; bytes after the message are ignored.</param>
    /// <param name="psk">The key.</param>
    /// <param name="clientMessage">The message that was sent.</param>
    /// <param name="hello">The content of the message.</param>
    public static TunnelHandshakeStatus ReadServer(
        ReadOnlySpan<byte> source, TunnelPsk psk, ReadOnlySpan<byte> clientMessage, out TunnelHello hello)
    {
        TunnelHandshakeStatus status = Read(source, [psk], clientMessage[..SignedLength], out hello, out _);
        if (status != TunnelHandshakeStatus.Ok) return status;
        TunnelHello asked = ReadFields(clientMessage);
        if (hello.Method != asked.Method) return TunnelHandshakeStatus.BadMethod;
        return KnownFlags.HasFlag(hello.Flags) && hello.Flags.HasFlag(asked.Flags & KnownFlags) ? status : TunnelHandshakeStatus.BadFlags;
    }

    private static TunnelHandshakeStatus Read(
        ReadOnlySpan<byte> source, ReadOnlySpan<TunnelPsk> psks, ReadOnlySpan<byte> before, out TunnelHello hello, out int key)
    {
        hello = default;
        key = -1;
        TunnelHandshakeStatus status = StateOf(source);
        if (status != TunnelHandshakeStatus.Ok) return status;
        Span<byte> mac = stackalloc byte[TunnelWire.MacLength];
        int matches = 0;
        for (int i = 0; i < psks.Length; i++)
        {
            ComputeMac(psks[i], before, source[..SignedLength], mac);
            bool right = CryptographicOperations.FixedTimeEquals(mac, source[SignedLength..Length]);
            key = right & key < 0 ? i : key;
            matches += right ? 1 : 0;
        }
        // Among thousands of keys another one may have the same four bytes. Its client must not be taken for the other, and comes again.
        if (matches > 1) key = -1;
        return Known(source, key, out hello);
    }

    // Whether it is all there, of this version.
    private static TunnelHandshakeStatus StateOf(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty) return TunnelHandshakeStatus.NeedMore;
        if (source[0] != TunnelWire.Version) return TunnelHandshakeStatus.BadVersion;
        return source.Length < Length ? TunnelHandshakeStatus.NeedMore : TunnelHandshakeStatus.Ok;
    }

    private static bool IsOff(in TunnelHello hello, long now) => hello.Timestamp < now - MaxClockSkew || hello.Timestamp > now + MaxClockSkew;

    private static TunnelHandshakeStatus Known(ReadOnlySpan<byte> source, int key, out TunnelHello hello)
    {
        hello = default;
        if (key < 0) return TunnelHandshakeStatus.BadMac;
        hello = ReadFields(source);
        return hello.Method is TunnelMethod.ChaCha20Poly1305 or TunnelMethod.Aes256Gcm or TunnelMethod.TlsOnly
            ? TunnelHandshakeStatus.Ok
            : TunnelHandshakeStatus.BadMethod;
    }

    private static void WriteFields(Span<byte> target, in TunnelHello hello)
    {
        target[0] = TunnelWire.Version;
        target[1] = (byte)hello.Method;
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)hello.Flags);
        BinaryPrimitives.WriteUInt128BigEndian(target[4..], hello.Random);
        BinaryPrimitives.WriteInt64BigEndian(target[20..], hello.Timestamp);
    }

    private static TunnelHello ReadFields(ReadOnlySpan<byte> source) => new(
        (TunnelMethod)source[1],
        (TunnelFlags)BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
        BinaryPrimitives.ReadUInt128BigEndian(source[4..]),
        BinaryPrimitives.ReadInt64BigEndian(source[20..]));

    private static void ComputeMac(TunnelPsk psk, ReadOnlySpan<byte> before, ReadOnlySpan<byte> message, Span<byte> mac)
    {
        Span<byte> signed = stackalloc byte[2 * SignedLength];
        before.CopyTo(signed);
        message.CopyTo(signed[before.Length..]);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(psk.HandshakeKey, signed[..(before.Length + message.Length)], full);
        full[..mac.Length].CopyTo(mac);
    }
}
