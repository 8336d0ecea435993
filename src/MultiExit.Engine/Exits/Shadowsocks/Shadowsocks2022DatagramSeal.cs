using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Shadowsocks;

namespace MultiExit.Engine.Exits.Shadowsocks;

/// <summary>Datagrams by SIP022: one session of a client, and those of its server, of which the last two are known (a server that starts anew has
/// another one).</summary>
internal sealed class Shadowsocks2022DatagramSeal : IDatagramSeal
{
    private readonly ShadowsocksSecret _secret;
    private readonly TimeProvider _time;
    private readonly ulong _id = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly ShadowsocksCipher _cipher;
    private readonly Lock _lock = new();
    private ServerSession? _now;
    private ServerSession? _before;
    private ulong _next;

    public Shadowsocks2022DatagramSeal(ShadowsocksSecret secret, TimeProvider time)
    {
        (_secret, _time) = (secret, time);
        _cipher = CipherOf(_id);
    }

    public int Overhead => Shadowsocks2022Packet.MaxOverhead;

    private byte[] HeaderKey => _secret.Identities.Count > 0 ? _secret.Identities[0] : _secret.Key;

    public int Seal(Destination destination, ReadOnlySpan<byte> payload, Span<byte> target)
    {
        // The cipher is not thread-safe, and numbers leave in their order.
        lock (_lock)
        {
            ReadOnlySpan<byte> hash = _secret.Hashes.Count > 0 ? _secret.Hashes[0] : default;
            Shadowsocks2022Session session = new(HeaderKey, hash, _cipher, _id, null);
            return Shadowsocks2022Packet.Seal(session, _next++, _time.GetUtcNow(), 0, destination, payload, target);
        }
    }

    public bool TryOpen(Span<byte> datagram, [NotNullWhen(true)] out Destination? source, out int length)
    {
        (source, length) = (null, 0);
        Span<byte> header = stackalloc byte[Shadowsocks2022Packet.HeaderLength];
        // A server answers with the key of the user.
        if (!Shadowsocks2022Packet.TryReadHeader(_secret.Key, datagram, header)) return false;
        ulong id = Shadowsocks2022Packet.SessionOf(header), number = Shadowsocks2022Packet.NumberOf(header);
        ServerSession? known = _now?.Id == id ? _now : _before?.Id == id ? _before : null;
        ServerSession session = known ?? new ServerSession(id, CipherOf(id), new PacketWindow());
        byte[] room = ArrayPool<byte>.Shared.Rent(datagram.Length);
        try
        {
            bool isOpen = Shadowsocks2022Packet.TryOpen(session.Cipher, header, datagram[Shadowsocks2022Packet.HeaderLength..], room,
                out Shadowsocks2022Opened opened, out ReadOnlySpan<byte> payload);
            if (!isOpen || opened.ClientId != _id || !Shadowsocks2022Header.IsNear(opened.Seconds, _time.GetUtcNow()) || !session.Window.TryAdd(number))
            {
                if (known is null) session.Cipher.Dispose();
                return false;
            }
            if (known is null) Remember(session);
            payload.CopyTo(datagram);
            (source, length) = (opened.Address, payload.Length);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room, clearArray: true);
        }
    }

    public void Dispose()
    {
        lock (_lock) _cipher.Dispose();
        _now?.Cipher.Dispose();
        _before?.Cipher.Dispose();
    }

    private void Remember(ServerSession session)
    {
        _before?.Cipher.Dispose();
        (_before, _now) = (_now, session);
    }

    private ShadowsocksCipher CipherOf(ulong id) => ShadowsocksCipher.OfSession(_secret.Method, _secret.Key, id);

    private sealed record ServerSession(ulong Id, ShadowsocksCipher Cipher, PacketWindow Window);
}
