using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Control;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Takeover;

/// <summary>Servers that take over from each other, in one process.</summary>
public sealed class TakeoverTests
{
    private const string Lack = "a server is taken over on Linux alone";

    [Theory]
    [MemberData(nameof(TestTransports.All), MemberType = typeof(TestTransports))]
    public async Task The_port_stays_sessions_go_on_and_totals_never_go_down(TransportKind transport)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip(Lack);
        await using EchoTarget target = new();
        await using TakeoverRig rig = new(transport);
        rig.Write("limits: { drain_timeout: 30s }");
        ManagedServer first = await rig.StartAsync();
        IPEndPoint proxy = TakeoverRig.Listener(first);
        using Socket session = await TakeoverRig.OpenAsync(proxy, target.EndPoint);
        await EchoAsync(session);
        using (Socket ended = await TakeoverRig.OpenAsync(proxy, target.EndPoint)) await EchoAsync(ended);
        ManagedServer second = await rig.TakeOverAsync();
        Assert.Equal(proxy, TakeoverRig.Listener(second));
        Assert.True(first.IsHandedOver);
        await EchoAsync(session);
        using Socket later = await TakeoverRig.OpenAsync(proxy, target.EndPoint);
        await EchoAsync(later);
        Assert.Single(second.Gateway.GetSessions());
        await Wait.UntilAsync(async () => await rig.Control.GetStatusAsync() is { TotalSessions: 3, Sessions: 2, BytesUp: 4, BytesDown: 4 });
        ManagedServer third = await rig.TakeOverAsync();
        await EchoAsync(session);
        await EchoAsync(later);
        await Wait.UntilAsync(async () => await rig.Control.GetStatusAsync() is { TotalSessions: 3, Sessions: 2, BytesUp: 6, BytesDown: 6 });
        session.Dispose();
        later.Dispose();
        await Wait.UntilAsync(async () => await rig.Control.GetStatusAsync() is { TotalSessions: 3, Sessions: 0, Connections: 0, BytesUp: 6 });
        await first.Completion.WaitAsync(TestTransports.Patience);
        await second.Completion.WaitAsync(TestTransports.Patience);
        Assert.Equal(ServerState.Running, third.GetStatus().State);
        Assert.Equal([rig.Socket], Directory.GetFiles(Path.GetDirectoryName(rig.Socket)!, "s*"));
    }

    [LinuxFact(Lack)]
    public async Task A_process_that_is_gone_before_it_is_answered_changes_nothing_and_is_told_to_the_operator()
    {
        await using TakeoverRig rig = new();
        rig.Write("");
        await rig.StartAsync();
        using (Socket gone = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await gone.ConnectAsync(new UnixDomainSocketEndPoint(rig.Socket));
            await gone.SendAsync("POST /takeover HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: multiexit-takeover\r\n\r\n"u8.ToArray());
        }
        await Wait.UntilAsync(async () => (await rig.Control.GetLogAsync(new LogQuery { Ids = ["MX1128"] })).Count == 1);
        await rig.TakeOverAsync();
    }

    [LinuxFact(Lack)]
    public async Task The_sessions_of_the_process_before_are_seen_and_cut_over_the_socket_of_the_new_one()
    {
        await using EchoTarget target = new();
        await using TakeoverRig rig = new();
        rig.Write("");
        IPEndPoint proxy = TakeoverRig.Listener(await rig.StartAsync());
        using Socket old = await TakeoverRig.OpenAsync(proxy, target.EndPoint);
        await rig.TakeOverAsync();
        using Socket young = await TakeoverRig.OpenAsync(proxy, target.EndPoint);
        IReadOnlyList<SessionRecord> sessions = await rig.Control.GetSessionsAsync();
        Assert.Equal([(IPEndPoint)old.LocalEndPoint!, (IPEndPoint)young.LocalEndPoint!], sessions.Select(session => session.Client));
        Assert.Equal(2, sessions.Select(session => session.Id).Distinct().Count());
        Assert.True(await rig.Control.StopSessionAsync(sessions[0].Id));
        await Wait.UntilAsync(async () => (await rig.Control.GetSessionsAsync()).Count == 1);
        await EchoAsync(young);
        Assert.False(await rig.Control.StopSessionAsync(sessions[0].Id));
        // Those of all that drain, each once.
        using Socket third = await TakeoverRig.OpenAsync(proxy, target.EndPoint);
        await rig.TakeOverAsync();
        using Socket fourth = await TakeoverRig.OpenAsync(proxy, target.EndPoint);
        await rig.TakeOverAsync();
        Assert.Equal(
            [(IPEndPoint)young.LocalEndPoint!, (IPEndPoint)third.LocalEndPoint!, (IPEndPoint)fourth.LocalEndPoint!],
            (await rig.Control.GetSessionsAsync()).Select(session => session.Client));
    }

    [LinuxFact(Lack)]
    public async Task A_new_server_that_cannot_start_changes_nothing()
    {
        await using EchoTarget target = new();
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        await using TakeoverRig rig = new();
        rig.Write("history: { directory: history }\nlimits: { usage_file: usage }");
        ManagedServer first = await rig.StartAsync();
        IPEndPoint proxy = TakeoverRig.Listener(first);
        rig.Write("history: { directory: history }\nlimits: { usage_file: usage }",
            "{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }, { name: more, type: mixed, listen: \"" + taken.LocalEndpoint + "\" }");
        ProxyException failure = await Assert.ThrowsAsync<ProxyException>(rig.TakeOverAsync);
        Assert.Equal(ProxyError.AddressInUse, failure.Reason);
        Assert.False(first.IsHandedOver);
        using (Socket session = await TakeoverRig.OpenAsync(proxy, target.EndPoint)) await EchoAsync(session);
        Assert.Equal(1, (await rig.Control.GetStatusAsync()).ConfigVersion);
        // Its locks are whole, and it can be taken over by one that starts.
        await Assert.ThrowsAsync<ProxyException>(rig.StartAsync);
        rig.Write("history: { directory: history }\nlimits: { usage_file: usage }");
        await rig.TakeOverAsync();
        await first.Completion.WaitAsync(TestTransports.Patience);
        using (Socket session = await TakeoverRig.OpenAsync(proxy, target.EndPoint)) await EchoAsync(session);
    }

    [LinuxFact(Lack)]
    public async Task A_new_process_that_ends_when_it_has_the_state_leaves_the_old_one_as_it_was()
    {
        await using EchoTarget target = new();
        await using TakeoverRig rig = new();
        rig.Write($"records: {{ path: {rig["records"]} }}\nlimits: {{ usage_file: usage }}");
        ManagedServer first = await rig.StartAsync();
        IPEndPoint proxy = TakeoverRig.Listener(first);
        (TakeoverChannel channel, TakeoverOffer offer, PassedDescriptors passed) = await TakeoverClient.AskAsync(rig.Socket, default);
        Assert.Contains(TakeoverOffer.OfControl(rig.Socket), offer.Purposes);
        await channel.SendAsync(new TakeoverMessage(TakeoverStep.Ready), default);
        Assert.NotNull((await channel.ExpectAsync(TakeoverStep.State, default)).State);
        // Nobody accepts now: the client waits, and is neither refused nor reset.
        Task<Socket> waiting = TakeoverRig.OpenAsync(proxy, target.EndPoint);
        channel.Dispose();
        passed.Dispose();
        using (Socket session = await waiting.WaitAsync(TestTransports.Patience)) await EchoAsync(session);
        Assert.False(first.IsHandedOver);
        await Wait.UntilAsync(async () => (await first.Gateway.FindRecordsAsync(new())).Records.Count == 1);
        Assert.Equal("edge", (await rig.Control.GetStatusAsync()).Name);
        await rig.TakeOverAsync();
    }

    [LinuxFact(Lack)]
    public async Task A_second_process_that_would_take_over_meanwhile_is_refused()
    {
        await using TakeoverRig rig = new();
        rig.Write("");
        await rig.StartAsync();
        (TakeoverChannel channel, _, PassedDescriptors passed) = await TakeoverClient.AskAsync(rig.Socket, default);
        using (channel)
        using (passed)
        {
            ProxyException refusal = await Assert.ThrowsAsync<ProxyException>(rig.TakeOverAsync);
            Assert.Equal((ProxyError.TakeoverFailed, "another process is taking over already"), (refusal.Reason, refusal.Message));
        }
    }

    [LinuxFact(Lack)]
    public async Task What_operators_and_clients_have_done_goes_over()
    {
        await using EchoTarget target = new();
        await using TakeoverRig rig = new();
        rig.Write("""
            users: { alice: { password: p } }
            exits: [{ name: a, type: direct }, { name: b, type: direct }]
            groups: [{ name: g, exits: [a, b], strategy: sticky }]
            default: g
            limits: { usage_file: usage, lockout: { failures: 2, within: 1h, lasts: 1h } }
            """, "{ name: proxy, type: mixed, listen: \"127.0.0.1:0\", users: [alice] }");
        ManagedServer first = await rig.StartAsync();
        IPEndPoint proxy = TakeoverRig.Listener(first);
        using Socket live = await TakeoverRig.OpenAsync(proxy, target.EndPoint, "alice");
        await EchoAsync(live);
        string chosen = Assert.Single(await rig.Control.GetSessionsAsync()).Exit!;
        string other = chosen == "a" ? "b" : "a";
        await rig.Control.SetExitEnabledAsync(chosen, enabled: false);
        using Socket moved = await TakeoverRig.OpenAsync(proxy, target.EndPoint, "alice");
        await EchoAsync(moved);
        first.Gateway.Logins.Failed("proxy", new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1), "alice");
        first.Gateway.Logins.Failed("proxy", new IPEndPoint(IPAddress.Parse("192.0.2.1"), 2), "alice");
        ManagedServer second = await rig.TakeOverAsync();
        IReadOnlyList<ExitStatus> exits = await rig.Control.GetExitsAsync();
        Assert.False(exits.Single(exit => exit.Name == chosen).Enabled);
        Assert.Equal((1, 1), (exits.Single(exit => exit.Name == chosen).Dials, exits.Single(exit => exit.Name == other).Dials));
        LockedClient locked = Assert.Single(second.Gateway.GetLockedClients());
        Assert.InRange(locked.Until - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(55), TimeSpan.FromMinutes(60));
        await EchoAsync(live);
        await rig.Control.SetExitEnabledAsync(chosen, enabled: true);
        using Socket again = await TakeoverRig.OpenAsync(proxy, target.EndPoint, "alice");
        await EchoAsync(again);
        // The client had moved, and stays where it is.
        Assert.Equal(other, Assert.Single(second.Gateway.GetSessions()).Exit);
        // Both processes count, and the new one writes what is used together.
        await Wait.UntilAsync(async () => Assert.Single(await rig.Control.GetUsersAsync()) is
        {
            TotalSessions: 3, Sessions: 3, BytesUp: 4, BytesDown: 4, UsedThisMonth: 8, FailedLogins: 2,
        });
    }

    [LinuxFact(Lack)]
    public async Task A_change_that_waits_for_its_confirmation_goes_on_waiting()
    {
        ManualTimeProvider time = new();
        await using TakeoverRig rig = new(time: time);
        const string Common = "history: { directory: history }\n";
        rig.Write($"exits: [{{ name: a, type: direct, weight: 1 }}]\n{Common}");
        ManagedServer first = await rig.StartAsync();
        string other = (await File.ReadAllTextAsync(rig.File)).Replace("weight: 1", "weight: 2", StringComparison.Ordinal);
        await File.WriteAllTextAsync(rig["other.yaml"], other);
        await first.ApplyAsync(ConfigLoader.LoadFile(rig["other.yaml"]), new ConfigRequest { ConfirmWithin = TimeSpan.FromMinutes(5) });
        ManagedServer second = await rig.TakeOverAsync();
        Assert.Equal((2, 2), (second.Gateway.Config.Exits[0].Weight, second.Version!.Number));
        Assert.Equal(2, second.Pending!.Number);
        Assert.Equal(2, (await second.ConfirmAsync()).Number);
        ManagedServer third = await rig.TakeOverAsync();
        Assert.Equal((2, null), (third.Gateway.Config.Exits[0].Weight, third.Pending));
        string more = other.Replace("weight: 2", "weight: 3", StringComparison.Ordinal);
        await File.WriteAllTextAsync(rig["other.yaml"], more);
        await third.ApplyAsync(ConfigLoader.LoadFile(rig["other.yaml"]), new ConfigRequest { ConfirmWithin = TimeSpan.FromMinutes(5) });
        time.Advance(TimeSpan.FromMinutes(3));
        ManagedServer fourth = await rig.TakeOverAsync();
        Assert.Equal((3, TimeSpan.FromMinutes(2)), (fourth.Gateway.Config.Exits[0].Weight, fourth.Pending!.Until - time.GetUtcNow()));
        time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromSeconds(1));
        Assert.Equal(3, fourth.Pending!.Number);
        time.Advance(TimeSpan.FromSeconds(1));
        await Wait.UntilAsync(() => fourth.Pending is null);
        Assert.Equal(2, fourth.Gateway.Config.Exits[0].Weight);
        Assert.Equal(ConfigChange.AutoRevert, fourth.Version!.Why);
    }

    [LinuxFact(Lack)]
    public async Task Datagrams_go_to_the_new_process_and_records_of_the_old_one_into_its_store()
    {
        await using EchoTarget target = new();
        using UdpClient udp = new(new IPEndPoint(IPAddress.Loopback, 0));
        await using TakeoverRig rig = new();
        rig.Write($"records: {{ path: {rig["records"]} }}",
            "{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }, { name: dns, type: forward, network: udp, listen: \"127.0.0.1:0\", "
            + $"target: \"{udp.Client.LocalEndPoint}\" }}");
        ManagedServer first = await rig.StartAsync();
        IPEndPoint proxy = TakeoverRig.Listener(first), dns = first.GetStatus().Listeners[1].EndPoint;
        using Socket session = await TakeoverRig.OpenAsync(proxy, target.EndPoint);
        ManagedServer second = await rig.TakeOverAsync();
        Assert.Equal(dns, second.GetStatus().Listeners[1].EndPoint);
        using UdpClient client = new(new IPEndPoint(IPAddress.Loopback, 0));
        await client.SendAsync(new byte[] { 1, 2 }, dns);
        UdpReceiveResult asked = await udp.ReceiveAsync().WaitAsync(TestTransports.Patience);
        await udp.SendAsync(new byte[] { 3 }, asked.RemoteEndPoint);
        Assert.Equal([3], (await client.ReceiveAsync().WaitAsync(TestTransports.Patience)).Buffer);
        Assert.Equal("dns", Assert.Single(second.Gateway.GetSessions()).Inbound);
        session.Dispose();
        await Wait.UntilAsync(async () => (await second.Gateway.FindRecordsAsync(new())).Records is [{ Inbound: "proxy" }]);
        await first.Completion.WaitAsync(TestTransports.Patience);
    }

    [LinuxFact(Lack)]
    public async Task A_server_without_a_control_socket_and_one_that_does_not_run_are_not_taken_over()
    {
        await using TakeoverRig rig = new();
        rig.Write("");
        Assert.Equal(ProxyError.ControlUnreachable, (await Assert.ThrowsAsync<ProxyException>(rig.TakeOverAsync)).Reason);
        await File.WriteAllTextAsync(rig.File, "inbounds: [{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }]");
        Assert.Equal(ProxyError.TakeoverFailed, (await Assert.ThrowsAsync<ProxyException>(rig.TakeOverAsync)).Reason);
        rig.Write("");
        await rig.StartAsync();
        ProxyException refusal = await Assert.ThrowsAsync<ProxyException>(() => rig.Control.UpgradeAsync());
        Assert.Equal(ProxyError.TakeoverFailed, refusal.Reason);
        Assert.Contains("no program of its own", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task EchoAsync(Socket socket)
    {
        await socket.SendAsync(new byte[] { 42 });
        Assert.Equal([42], await TakeoverRig.ReadAsync(socket, 1));
    }
}
