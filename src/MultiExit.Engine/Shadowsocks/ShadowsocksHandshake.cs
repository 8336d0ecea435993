using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Shadowsocks;

/// <summary>Reads the request of a client. A failure is for the log, and nothing for the client: who cannot open the answer is to learn
/// nothing, not even from when the connection ends.</summary>
/// <param name="keys">The keys.</param>
/// <param name="salts">The salts that have come.</param>
/// <param name="time">The clock.</param>
internal sealed class ShadowsocksHandshake(ShadowsocksServerKeys keys, SaltFilter salts, TimeProvider time)
{
    private static readonly ShadowsocksFailure Unknown = new("the first octets are not sealed with the method and a key of this inbound");
    private static readonly ShadowsocksFailure NoRequest = new("the header is none of a request");
    private static readonly ShadowsocksFailure Repeated = new("the request has come before: somebody repeats it");

    private readonly ShadowsocksMethod _method = keys.Method;

    /// <summary>Reads a request.</summary>
    /// <returns>The request, or why there is none; neither where the client ended before the end of one.</returns>
    public async ValueTask<(ShadowsocksRequest? Request, ShadowsocksFailure? Failure)> ReadAsync(HandshakeReader reader, CancellationToken cancellationToken)
    {
        int length = _method.Is2022() ? Shadowsocks2022Header.RequestLength + ShadowsocksMethods.TagLength : ShadowsocksChunk.LengthLength;
        int salted = _method.KeyLength() + keys.IdentityLength;
        if (!await HasAsync(reader, salted + length, cancellationToken).ConfigureAwait(false)) return default;
        byte[] salt = reader.Unread[.._method.KeyLength()].ToArray();
        (byte[] key, int? user) = KeyOf(reader.Unread, salt);
        ShadowsocksCipher cipher = ShadowsocksCipher.OfSession(_method, key, salt);
        bool isStranger = keys.HasIdentities && user is null;
        (int payload, ShadowsocksFailure? failure) = OpenFirst(cipher, reader.Unread.Slice(salted, length), salt, isStranger);
        if (failure is not null)
        {
            cipher.Dispose();
            return (null, failure);
        }
        reader.Advance(salted + length);
        int sealedLength = payload + ShadowsocksMethods.TagLength;
        if (!await HasAsync(reader, sealedLength, cancellationToken).ConfigureAwait(false))
        {
            cipher.Dispose();
            return default;
        }
        byte[] opened = new byte[payload];
        bool isOpen = cipher.TryOpen(reader.Unread[..sealedLength], opened);
        reader.Advance(sealedLength);
        if (!isOpen || !TryReadAddress(opened, out Destination? destination, out int start))
        {
            cipher.Dispose();
            return (null, new(isOpen ? "the request has no address" : "the request was changed on the way"));
        }
        return (new ShadowsocksRequest(destination!, opened.AsMemory(start), salt, user, key, new ShadowsocksOpener(_method, cipher)), null);
    }

    // With the key of all where there is no such user, so that both take the same time and fail at the same place.
    private (byte[] Key, int? User) KeyOf(ReadOnlySpan<byte> octets, byte[] salt)
    {
        if (!keys.HasIdentities) return (keys.Key, null);
        Span<byte> hash = stackalloc byte[ShadowsocksIdentity.Length];
        ShadowsocksIdentity.Read(keys.Key, salt, octets.Slice(salt.Length, hash.Length), hash);
        return keys.Find(hash) is { } user ? (keys.Users[user], user) : (keys.Key, null);
    }

    private (int Payload, ShadowsocksFailure? Failure) OpenFirst(ShadowsocksCipher cipher, ReadOnlySpan<byte> octets, byte[] salt, bool isStranger)
    {
        int payload;
        if (_method.Is2022())
        {
            Span<byte> header = stackalloc byte[Shadowsocks2022Header.RequestLength];
            // The key of the server is that of nobody where users have their own.
            if (!cipher.TryOpen(octets, header) || isStranger) return (0, Unknown);
            if (!Shadowsocks2022Header.TryReadRequest(header, out ulong seconds, out payload) || payload == 0) return (0, NoRequest);
            DateTimeOffset now = time.GetUtcNow();
            if (!Shadowsocks2022Header.IsNear(seconds, now)) return (0, ShadowsocksFailure.OfClocks(seconds, now));
        }
        else
        {
            payload = ShadowsocksChunk.OpenLength(cipher, _method, octets);
            if (payload < 0) return (0, Unknown);
        }
        return salts.TryAdd(salt) ? (payload, null) : (0, Repeated);
    }

    private bool TryReadAddress(byte[] opened, out Destination? destination, out int start)
    {
        start = 0;
        if (!_method.Is2022()) return Socks5Address.TryRead(opened, out destination, out start, out _) == ParseStatus.Ok;
        if (!Shadowsocks2022Header.TryReadAddress(opened, out destination, out ReadOnlySpan<byte> payload)) return false;
        start = opened.Length - payload.Length;
        return true;
    }

    private static async ValueTask<bool> HasAsync(HandshakeReader reader, int length, CancellationToken cancellationToken)
    {
        while (reader.Unread.Length < length)
            if (!await reader.ReadMoreAsync(length, cancellationToken).ConfigureAwait(false)) return false;
        return true;
    }
}
