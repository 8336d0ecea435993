using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.Shadowsocks;

/// <summary>Connections of a shadowsocks inbound: users, and what a prober sees.</summary>
public sealed class ShadowsocksInboundTests
{
    private const string Method = "2022-blake3-aes-256-gcm";
    private const string AliceKey = "YWxpY2VhbGljZWFsaWNlYWxpY2VhbGljZWFsaWNlYWw=";
    private const string BobKey = "Ym9iYm9iYm9iYm9iYm9iYm9iYm9iYm9iYm9iYm9iYm8=";
    private const string Users = ", users: { alice: { psks: { phone: " + AliceKey + " } }, bob: { psks: { k: " + BobKey + " }, disabled: true } }";

    public static TheoryData<string> Methods => [.. ShadowsocksMethods.Names];

    [Theory, MemberData(nameof(Methods))]
    public async Task Bytes_go_both_ways_and_each_direction_has_its_end(string method)
    {
        await using EchoTarget target = new();
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(method);
        await using DuplexStream client = await rig.ConnectAsync(target.EndPoint);
        byte[] sent = RandomNumberGenerator.GetBytes(300_000);
        Task sending = Task.Run(async () =>
        {
            await client.WriteAsync(sent);
            await client.CompleteWritesAsync(default);
        });
        Assert.Equal(sent, await TestTransports.ReadToEndAsync(client));
        await sending;
    }

    [Theory, MemberData(nameof(Methods))]
    public async Task A_target_that_refuses_is_the_end_of_the_connection_without_an_octet(string method)
    {
        using ClosedPort closed = new();
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(method);
        await using DuplexStream client = await rig.ConnectAsync(closed.EndPoint);
        await Assert.ThrowsAnyAsync<IOException>(() => TestTransports.ReadToEndAsync(client));
        Assert.Equal(1, rig.Gateway.Server.GetStatus().Failed);
    }

    [Fact]
    public async Task A_user_is_known_by_its_key_and_goes_where_its_rules_say()
    {
        await using EchoTarget target = new();
        string users = Users.Replace(", disabled: true", "", StringComparison.Ordinal);
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(Method, users, "routes: [{ users: [bob], exit: block }]");
        await using (DuplexStream alice = await rig.ConnectAsync(target.EndPoint, AliceKey))
        {
            await alice.WriteAsync("hello"u8.ToArray());
            await alice.ReadExactlyAsync(new byte[5]).AsTask().WaitAsync(TestTransports.Patience);
            Assert.Equal("psk:phone", Assert.Single(rig.Gateway.Server.GetSessions()).Login);
            // Who is cut off loses the connection.
            Assert.Equal(1, rig.Gateway.Server.CutUser("alice"));
            await Assert.ThrowsAnyAsync<IOException>(() => TestTransports.ReadToEndAsync(alice));
        }
        await using DuplexStream bob = await rig.ConnectAsync(target.EndPoint, BobKey);
        await Assert.ThrowsAnyAsync<IOException>(() => TestTransports.ReadToEndAsync(bob));
        await Wait.UntilAsync(() => rig.Gateway.Server.GetUsers().Single(user => user.Name == "alice").BytesUp == 5);
    }

    [Fact]
    public async Task Where_the_method_has_no_identities_users_are_known_by_their_networks()
    {
        await using EchoTarget target = new();
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(
            "aes-256-gcm", ", users: { alice: { networks: 127.0.0.0/8 }, bob: { networks: 10.0.0.0/8 } }");
        await using DuplexStream alice = await rig.ConnectAsync(target.EndPoint);
        await alice.WriteAsync("hello"u8.ToArray());
        await alice.ReadExactlyAsync(new byte[5]).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(("alice", "network"), (rig.Gateway.Server.GetSessions()[0].User, rig.Gateway.Server.GetSessions()[0].Login));
    }

    public static TheoryData<string> Probes =>
        ["nothing right", "less than a header", "one octet at a time", "a replay", "a wrong time", "an unknown user", "a disabled user", "a changed octet"];

    [Theory, MemberData(nameof(Probes))]
    public async Task A_prober_hears_nothing_until_the_time_of_a_handshake_is_over(string probe)
    {
        await using EchoTarget target = new();
        // What is sent again is served once before, for which there has to be time on a busy machine.
        int time = probe == "a replay" ? 3000 : 600;
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(Method, Users, $"limits: {{ handshake_timeout: {time}ms }}");
        byte[] octets = await ProbeOf(probe, rig, target.EndPoint);
        (int count, TimeSpan elapsed) = await rig.ProbeAsync(octets, ends: false, isSlow: probe == "one octet at a time");
        Assert.Equal(0, count);
        Assert.True(elapsed >= TimeSpan.FromMilliseconds(time), $"ended after {elapsed}");
        // One that ends its own direction sees the end of the other, and no reset.
        Assert.Equal(0, (await rig.ProbeAsync(octets, ends: true)).Count);
        await Wait.UntilAsync(() => rig.Gateway.Server.GetStatus().FailedLogins == 2);
    }

    [Fact]
    public async Task Who_guesses_is_locked_out_however_much_was_sent()
    {
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(
            Method, Users, "limits: { lockout: { failures: 3, within: 1m, lasts: 1m } }");
        foreach (int length in new[] { 1, 60, 500 }) await rig.ProbeAsync(RandomNumberGenerator.GetBytes(length), ends: true);
        await Wait.UntilAsync(() => rig.Gateway.Server.GetStatus().FailedLogins == 3);
        await Wait.UntilAsync(async () =>
        {
            await rig.ProbeAsync([], ends: true);
            return rig.Gateway.Server.GetStatus().Rejected > 0;
        });
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_told_once_in_words()
    {
        await using EchoTarget target = new();
        await using ShadowsocksRig rig = await ShadowsocksRig.StartAsync(Method);
        for (int i = 0; i < 2; i++) await rig.ProbeAsync(rig.RequestTo(target.EndPoint, time: Behind(45)), ends: true);
        await Wait.UntilAsync(() => rig.Gateway.Server.GetStatus().RefusedHandshakes == 2);
        string message = Assert.Single(rig.Gateway.Server.GetLog(new() { Ids = ["MX1110"] })).Message;
        Assert.Matches("its clock and that of this host are 4[5-9] s apart", message);
    }

    private static async Task<byte[]> ProbeOf(string probe, ShadowsocksRig rig, IPEndPoint target)
    {
        switch (probe)
        {
            case "less than a header":
                return RandomNumberGenerator.GetBytes(20);
            case "one octet at a time":
                return RandomNumberGenerator.GetBytes(150);
            case "a replay":
                byte[] request = rig.RequestTo(target, AliceKey);
                await using (SocketStream first = await rig.Gateway.ConnectAsync(rig.Tcp))
                {
                    await first.WriteAsync(request);
                    Assert.True(await first.ReadAsync(new byte[100]).AsTask().WaitAsync(TestTransports.Patience) > 0);
                }
                return request;
            case "a wrong time":
                return rig.RequestTo(target, AliceKey, Behind(40));
            case "an unknown user":
                return rig.RequestTo(target, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
            case "a disabled user":
                return rig.RequestTo(target, BobKey);
            case "a changed octet":
                byte[] changed = rig.RequestTo(target, AliceKey);
                changed[^1] ^= 1;
                return changed;
            default:
                return RandomNumberGenerator.GetBytes(500);
        }
    }

    private static BehindTimeProvider Behind(int seconds) => new(TimeSpan.FromSeconds(seconds));

    private sealed class BehindTimeProvider(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
    }
}
