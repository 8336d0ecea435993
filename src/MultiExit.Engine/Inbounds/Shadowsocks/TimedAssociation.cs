using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>A client by SIP022: a session of its own, and one of this server that answers it.</summary>
internal sealed class TimedAssociation : ShadowsocksAssociation
{
    private readonly ShadowsocksMethod _method;
    private readonly byte[] _key;
    private readonly TimeProvider _time;
    private readonly ulong _ownId = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly PacketWindow _window;
    private readonly Lock _opening = new();
    private readonly Lock _sealing = new();
    private readonly ShadowsocksCipher _ofClient;
    private ShadowsocksCipher? _own;
    private ulong _next;
    private bool _ended;

    /// <param name="method">The method.</param>
    /// <param name="key">The key of the session: the user's, or the server's.</param>
    /// <param name="client">The client's session.</param>
    /// <param name="window">The numbers that have come in that session.</param>
    /// <param name="user">The user that the client is.</param>
    /// <param name="time">The clock.</param>
    public TimedAssociation(ShadowsocksMethod method, byte[] key, DatagramClient client, PacketWindow window, UserIdentity? user, TimeProvider time)
        : base(user)
    {
        (_method, _key, Client, _window, _time) = (method, key, client, window, time);
        _ofClient = CipherOf(client.Session);
    }

    public override int Overhead => Shadowsocks2022Packet.MaxOverhead;

    /// <summary>The client's session.</summary>
    public DatagramClient Client { get; }

    /// <summary>The numbers that have come.</summary>
    public PacketWindow Window => _window;

    /// <summary>Opens a datagram of the client.</summary>
    /// <param name="header">Its separate header.</param>
    /// <param name="body">What follows that, and the identity header.</param>
    /// <param name="target">Room for as many octets.</param>
    /// <param name="opened">What it says.</param>
    /// <param name="payload">The payload, in the room.</param>
    /// <param name="refusal">Why it is dropped.</param>
    public bool TryOpen(
        ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, Span<byte> target, out Shadowsocks2022Opened opened, out ReadOnlySpan<byte> payload,
        [NotNullWhen(false)] out string? refusal)
    {
        opened = default;
        payload = default;
        lock (_opening)
        {
            ulong number = Shadowsocks2022Packet.NumberOf(header);
            refusal = _ended ? "its session has just ended"
                : !_window.IsNew(number) ? "the datagram has come before, or is older than the window"
                : !Shadowsocks2022Packet.TryOpen(_ofClient, header, body, target, out opened, out payload) || opened.ClientId is not null
                    ? ShadowsocksDatagrams.Unknown
                : !Shadowsocks2022Header.IsNear(opened.Seconds, _time.GetUtcNow()) ? ShadowsocksDatagrams.ClocksApart
                : !_window.TryAdd(number) ? "its session has used up its numbers" : null;
            return refusal is null;
        }
    }

    public override int Seal(Destination source, ReadOnlySpan<byte> payload, Span<byte> target)
    {
        lock (_sealing)
        {
            if (_ended) return 0;
            // Only where there is an answer.
            _own ??= CipherOf(_ownId);
            return Shadowsocks2022Packet.Seal(
                new Shadowsocks2022Session(_key, default, _own, _ownId, Client.Session), _next++, _time.GetUtcNow(), 0, source, payload, target);
        }
    }

    public override void Dispose()
    {
        lock (_opening)
        {
            lock (_sealing)
            {
                _ended = true;
                _own?.Dispose();
                _ofClient.Dispose();
            }
        }
    }

    private ShadowsocksCipher CipherOf(ulong id) => ShadowsocksCipher.OfSession(_method, _key, id);
}
