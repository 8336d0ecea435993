using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.Shadowsocks;

/// <summary>Datagrams of a shadowsocks inbound.</summary>
public sealed class ShadowsocksDatagramTests
{
    private const string Timed = "2022-blake3-aes-128-gcm";
    private const string AliceKey = "EBESExQVFhcYGRobHB0eHw==";
    private const string BobKey = "ICEiIyQlJicoKSorLC0uLw==";
    private static readonly IPEndPoint Any = new(IPAddress.Loopback, 0);

    public static TheoryData<string> Methods => [.. ShadowsocksRig.WithDatagrams];

    [Theory, MemberData(nameof(Methods))]
    public async Task One_association_reaches_several_targets_and_is_one_session(string method)
    {
        using UdpSocket first = new(Any), second = new(Any);
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(method);
        await using ExitSet exits = rig.Client(rig.Udp, rig.Gateway.Transport);
        await using IDatagramFlow flow = (await exits.Get("client").OpenUdpAsync(new DialContext(), default)).Flow!;
        byte[] sent = RandomNumberGenerator.GetBytes(1400);
        foreach (UdpSocket target in (UdpSocket[])[first, second])
        {
            Assert.True(await flow.SendAsync(Destination.FromEndPoint(target.LocalEndPoint), sent, default));
            await AnswerAsync(target, sent);
            byte[] buffer = new byte[2000];
            DatagramReceived answer = await flow.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
            Assert.Equal(sent, buffer[..answer.Length]);
            Assert.Equal(Destination.FromEndPoint(target.LocalEndPoint), answer.Source);
        }
        Assert.Equal("shadowsocks", Assert.Single(rig.Gateway.Server.GetSessions()).Protocol);
        Assert.Equal(1, rig.Gateway.Server.GetStatus().Connections);
    }

    [Theory, MemberData(nameof(Methods))]
    public async Task A_datagram_that_comes_twice_leaves_once(string method)
    {
        using UdpSocket target = new(Any), client = new(Any);
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(method);
        byte[] datagram = rig.DatagramTo(target.LocalEndPoint, session: 7, number: 0);
        for (int i = 0; i < 2; i++) await client.SendAsync(datagram, rig.Udp, default);
        await client.SendAsync(rig.DatagramTo(target.LocalEndPoint, session: 7, number: 1), rig.Udp, default);
        for (int i = 0; i < 2; i++) await target.ReceiveAsync(new byte[100], default).AsTask().WaitAsync(TestTransports.Patience);
        ServerStatusIs(rig, refused: 1);
    }

    [Theory, MemberData(nameof(Methods))]
    public async Task Nothing_is_kept_for_what_cannot_be_opened_and_nothing_answers_it(string method)
    {
        using UdpSocket client = new(Any);
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(method);
        byte[] changed = rig.DatagramTo(Any, session: 1, number: 0);
        changed[^1] ^= 1;
        byte[][] datagrams = [[], [1], RandomNumberGenerator.GetBytes(40), RandomNumberGenerator.GetBytes(1400), changed];
        foreach (byte[] datagram in datagrams) await client.SendAsync(datagram, rig.Udp, default);
        await Wait.UntilAsync(() => rig.Gateway.Server.GetStatus().RefusedHandshakes == datagrams.Length);
        Assert.Equal((0, 0), (rig.Gateway.Server.GetStatus().Connections, rig.Gateway.Server.GetStatus().Sessions));
        // One line for all of them, since their sender may be anybody.
        Assert.True(rig.Gateway.Server.GetLog(new() { Ids = ["MX2004"] }).Count <= 2);
    }

    [Fact]
    public async Task A_client_may_come_from_another_address_in_the_middle_of_its_session()
    {
        using UdpSocket target = new(Any), here = new(Any), there = new(Any);
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(Timed);
        await here.SendAsync(rig.DatagramTo(target.LocalEndPoint, session: 9, number: 0), rig.Udp, default);
        await AnswerAsync(target, "a"u8.ToArray());
        await here.ReceiveAsync(new byte[500], default).AsTask().WaitAsync(TestTransports.Patience);
        await there.SendAsync(rig.DatagramTo(target.LocalEndPoint, session: 9, number: 1), rig.Udp, default);
        await AnswerAsync(target, "b"u8.ToArray());
        await there.ReceiveAsync(new byte[500], default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Single(rig.Gateway.Server.GetSessions());
    }

    [Fact]
    public async Task A_session_that_goes_on_after_its_idle_time_takes_no_number_twice()
    {
        using UdpSocket target = new(Any), client = new(Any);
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(Timed);
        byte[] first = rig.DatagramTo(target.LocalEndPoint, session: 3, number: 0);
        await client.SendAsync(first, rig.Udp, default);
        await target.ReceiveAsync(new byte[100], default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.True(rig.Gateway.Server.StopSession(Assert.Single(rig.Gateway.Server.GetSessions()).Id));
        await Wait.UntilAsync(() => rig.Gateway.Server.GetStatus().Connections == 0);
        await client.SendAsync(first, rig.Udp, default);
        await Wait.UntilAsync(() => rig.Gateway.Server.GetStatus().RefusedHandshakes == 1);
        await client.SendAsync(rig.DatagramTo(target.LocalEndPoint, session: 3, number: 1), rig.Udp, default);
        await target.ReceiveAsync(new byte[100], default).AsTask().WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task A_user_is_known_by_its_key_and_has_so_many_associations()
    {
        using UdpSocket target = new(Any), client = new(Any);
        const string Users = ", udp_per_user: 1, users: { alice: { psks: { phone: " + AliceKey + " } }, "
            + "bob: { psks: { k: " + BobKey + " }, disabled: true } }";
        ManualTimeProvider time = new(); // an association that is quiet for a second would make room
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(Timed, Users, time: time);
        await client.SendAsync(rig.DatagramTo(target.LocalEndPoint, 1, 0, AliceKey, time: time), rig.Udp, default);
        await target.ReceiveAsync(new byte[100], default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(("alice", "psk:phone"), (rig.Gateway.Server.GetSessions()[0].User, rig.Gateway.Server.GetSessions()[0].Login));
        await client.SendAsync(rig.DatagramTo(target.LocalEndPoint, 2, 0, AliceKey, time: time), rig.Udp, default);
        await Wait.UntilAsync(() => rig.Gateway.Server.GetStatus().Rejected == 1);
        await client.SendAsync(rig.DatagramTo(target.LocalEndPoint, 3, 0, BobKey, time: time), rig.Udp, default);
        await client.SendAsync(rig.DatagramTo(target.LocalEndPoint, 4, 0, "MDEyMzQ1Njc4OTo7PD0+Pw==", time: time), rig.Udp, default);
        await client.SendAsync(rig.DatagramTo(target.LocalEndPoint, 5, 0, time: time), rig.Udp, default);
        await Wait.UntilAsync(() => rig.Gateway.Server.GetStatus().RefusedHandshakes == 3);
        Assert.Equal(1, Assert.Single(rig.Gateway.Server.GetSessions()).Id);
        time.Advance(UdpQuota.LeastQuiet);
        await client.SendAsync(rig.DatagramTo(target.LocalEndPoint, 6, 0, AliceKey, time: time), rig.Udp, default);
        await Wait.UntilAsync(() => rig.Gateway.Server.GetSessions() is [{ Id: > 1 }]);
        Assert.Equal(1, rig.Gateway.Server.CutUser("alice"));
        await Wait.UntilAsync(() => rig.Gateway.Server.GetStatus().Sessions == 0);
    }

    [Fact]
    public async Task A_datagram_of_another_time_is_dropped_and_the_clock_is_told()
    {
        using UdpSocket client = new(Any);
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(Timed);
        ManualTimeProvider old = new();
        await client.SendAsync(rig.DatagramTo(Any, 1, 0, time: old), rig.Udp, default);
        await Wait.UntilAsync(() => rig.Gateway.Server.GetLog(new() { Ids = ["MX1110"] }).Count == 1);
        Assert.Equal(0, rig.Gateway.Server.GetStatus().Connections);
    }

    private static async Task AnswerAsync(UdpSocket target, byte[] answer)
    {
        byte[] buffer = new byte[2000];
        (_, IPEndPoint from) = await target.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
        await target.SendAsync(answer, from, default);
    }

    private static void ServerStatusIs(ShadowsocksRig rig, int refused) =>
        Assert.Equal(refused, rig.Gateway.Server.GetStatus().RefusedHandshakes);
}
