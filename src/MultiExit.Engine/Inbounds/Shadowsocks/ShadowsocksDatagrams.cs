using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Shadowsocks;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>Opens the datagrams of an inbound: by SIP007 a client is an address and a port, by SIP022 a session, which may come from another address at
/// any time. Nothing is kept for a datagram that cannot be opened.</summary>
/// <param name="config">The inbound.</param>
/// <param name="method">Its method.</param>
/// <param name="ring">Its keys now.</param>
/// <param name="state">What it remembers.</param>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
internal sealed class ShadowsocksDatagrams(
    ShadowsocksInboundConfig config, ShadowsocksMethod method, Func<ShadowsocksRing> ring, ShadowsocksState state, EngineLog log, TimeProvider time)
    : IDatagramOpener
{
    /// <summary>Why most datagrams are dropped that are.</summary>
    public const string Unknown = "the datagram is not sealed with the method and a key of this inbound";

    /// <summary>The clocks are too far apart.</summary>
    public const string ClocksApart = "the clocks of the client and of this host are more than 30 s apart, or somebody repeats an old datagram";

    private const int MaxDatagram = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly byte[] _room = new byte[MaxDatagram];

    public bool TryOpen(
        ReadOnlySpan<byte> datagram, IPEndPoint source, Func<DatagramClient, IDisposable?> stateOf, out OpenedDatagram opened,
        [NotNullWhen(false)] out string? refusal)
    {
        lock (_lock)
        {
            return method.Is2022()
                ? TryOpenTimed(datagram, source, stateOf, out opened, out refusal)
                : TryOpenAead(datagram, source, stateOf, out opened, out refusal);
        }
    }

    private bool TryOpenAead(
        ReadOnlySpan<byte> datagram, IPEndPoint source, Func<DatagramClient, IDisposable?> stateOf, out OpenedDatagram opened,
        [NotNullWhen(false)] out string? refusal)
    {
        opened = default;
        ShadowsocksRing keys = ring();
        if (!ShadowsocksPacket.TryOpen(method, keys.Keys.Key, datagram, _room, out Destination? destination, out ReadOnlySpan<byte> payload))
        {
            refusal = Unknown;
            return false;
        }
        if (!state.DatagramSalts.TryAdd(datagram[..method.KeyLength()]))
        {
            refusal = "the datagram has come before: somebody repeats it";
            return false;
        }
        DatagramClient client = new(source);
        IDisposable? known = stateOf(client);
        LoginResult? login = known is null ? keys.LoginOf(null, source.Address) : null;
        refusal = RefusalOf(login, source);
        if (refusal is not null) return false;
        opened = new(client, known ?? new AeadAssociation(method, keys.Keys.Key, login?.Identity), known is null, destination!, InRoom(payload));
        return true;
    }

    private bool TryOpenTimed(
        ReadOnlySpan<byte> datagram, IPEndPoint source, Func<DatagramClient, IDisposable?> stateOf, out OpenedDatagram opened,
        [NotNullWhen(false)] out string? refusal)
    {
        (opened, refusal) = (default, Unknown);
        ShadowsocksRing now = ring();
        ShadowsocksServerKeys keys = now.Keys;
        Span<byte> header = stackalloc byte[Shadowsocks2022Packet.HeaderLength];
        if (!Shadowsocks2022Packet.TryReadHeader(keys.Key, datagram, header)) return false;
        int? user = null;
        Span<byte> hash = stackalloc byte[ShadowsocksIdentity.Length];
        hash.Clear();
        int start = Shadowsocks2022Packet.HeaderLength + keys.IdentityLength;
        if (keys.HasIdentities)
        {
            if (datagram.Length < start) return false;
            ShadowsocksIdentity.Decrypt(keys.Key, datagram[Shadowsocks2022Packet.HeaderLength..start], hash);
            ShadowsocksIdentity.Mix(hash, header, hash);
            if ((user = keys.Find(hash)) is null) return false;
        }
        DatagramClient client = new(null, Shadowsocks2022Packet.SessionOf(header), BinaryPrimitives.ReadUInt128BigEndian(hash));
        TimedAssociation? known = (TimedAssociation?)stateOf(client);
        TimedAssociation association = known ?? Begin(now, client, user, source);
        if (association.TryOpen(header, datagram[start..], _room, out Shadowsocks2022Opened says, out ReadOnlySpan<byte> payload, out refusal)
            && (known is not null || (refusal = RefusalOf(now.LoginOf(user, source.Address), source)) is null))
        {
            opened = new(client, association, known is null, says.Address, InRoom(payload));
            return true;
        }
        if (known is null) association.Dispose();
        if (refusal == ClocksApart && state.MayTellClock(source.Address)) log.ClockApart(config.Name, source, SkewOf(says.Seconds));
        return false;
    }

    private TimedAssociation Begin(ShadowsocksRing now, DatagramClient client, int? user, IPEndPoint source)
    {
        byte[] key = user is { } place ? now.Keys.Users[place] : now.Keys.Key;
        return new TimedAssociation(
            method, key, client, state.Ended.Find(client) ?? new PacketWindow(), now.LoginOf(user, source.Address)?.Identity, time);
    }

    private string? RefusalOf(LoginResult? login, IPEndPoint source)
    {
        if (login is null or { IsOk: true }) return null;
        if (login is not { Identity: { } identity, Reason: { } reason }) return "its address is no user's";
        log.UserRefused(config.Name, source, identity.Name, identity.Login, reason);
        return $"its user {identity.Name} {reason}";
    }

    private UInt128 SkewOf(ulong seconds) => ShadowsocksFailure.OfClocks(seconds, time.GetUtcNow()).Skew!.Value;

    // The payload stands in the room, at its end.
    private ReadOnlyMemory<byte> InRoom(ReadOnlySpan<byte> payload)
    {
        bool isIn = _room.AsSpan().Overlaps(payload, out int start);
        return isIn ? _room.AsMemory(start, payload.Length) : default;
    }
}
