using System.Net;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Control;

/// <summary>Over the socket, the client sees the same as a caller in the server's own process.</summary>
public sealed class ControlClientTests
{
    private static readonly GatewayConfig TwoExits = TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "a" }, new DirectExitConfig { Name = "b:1" }],
        Groups = [new GroupConfig { Name = "pool", Strategy = GroupStrategy.Failover, Exits = ["a", "b:1"] }],
        Default = "pool",
    };

    [UnixFact]
    public async Task Server_sessions_and_exits_are_the_same_objects()
    {
        await using EchoTarget target = new();
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(TwoExits);
        await using SocketStream client = await gateway.Gateway.ConnectThroughAsync(target.EndPoint);
        await client.WriteAsync("abc"u8.ToArray());
        await client.ReadExactlyAsync(new byte[3]).AsTask().WaitAsync(TestTransports.Patience);

        // Bytes on their way are counted a moment after they have arrived.
        await Wait.UntilAsync(() => gateway.Server.GetStatus() is { BytesUp: 3, BytesDown: 3 });
        // Other tests of the process open and close descriptors meanwhile.
        ServerStatus own = gateway.Managed.GetStatus() with { Descriptors = null };
        ServerStatus answered = await gateway.Client.GetStatusAsync();
        Assert.NotNull(answered.Descriptors);
        Assert.Equal(JsonSerializer.Serialize(own, ControlJson.Options), JsonSerializer.Serialize(answered with { Descriptors = null }, ControlJson.Options));
        SessionRecord session = Assert.Single(await gateway.Client.GetSessionsAsync());
        // Of two moments, and lists are compared by what they hold.
        SessionRecord same = Assert.Single(gateway.Server.GetSessions());
        Assert.Equal(same with { DurationMs = 0, Attempts = [] }, session with { DurationMs = 0, Attempts = [] });
        Assert.Equal(same.Attempts, session.Attempts);
        Assert.Equal(((string?)"a", 3L, 3L), (session.Exit, session.BytesUp, session.BytesDown));
        IReadOnlyList<ExitStatus> exits = await gateway.Client.GetExitsAsync();
        Assert.Equal(["direct", "block", "a", "b:1", "pool"], exits.Select(exit => exit.Name));
        Assert.Equal(gateway.Server.GetExits()[2].Latency, exits[2].Latency);
        Assert.Equal(["a", "b:1"], exits[4].Members);
    }

    [UnixFact]
    public async Task Sessions_are_stopped_and_exits_changed()
    {
        await using EchoTarget target = new();
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(TwoExits);
        await using SocketStream first = await gateway.Gateway.ConnectThroughAsync(target.EndPoint);
        long id = (await gateway.Client.GetSessionsAsync())[0].Id;
        Assert.True(await gateway.Client.StopSessionAsync(id));
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
        Assert.False(await gateway.Client.StopSessionAsync(id));

        await using SocketStream second = await gateway.Gateway.ConnectThroughAsync(target.EndPoint);
        Assert.Equal(1, await gateway.Client.SetExitEnabledAsync("a", enabled: false, cutSessions: true));
        Assert.False(gateway.Server.GetExits()[2].Enabled);
        Assert.Equal(0, await gateway.Client.SetExitEnabledAsync("a", enabled: true));
        Assert.True(gateway.Server.GetExits()[2].Enabled);
        await gateway.Client.SetExitWeightAsync("b:1", 40);
        Assert.Equal(40, gateway.Server.GetExits()[3].Weight);
        ExitProbe probe = await gateway.Client.ProbeExitAsync("b:1", $"tcp://{target.EndPoint}", TimeSpan.FromSeconds(20));
        Assert.True(probe.Succeeded, probe.Error);
        ProxyException unknown = await Assert.ThrowsAsync<ProxyException>(() => gateway.Client.SetExitWeightAsync("none", 1));
        Assert.Equal("there is no exit or group named none", unknown.Message);
    }

    [UnixFact]
    public async Task Users_and_locked_clients_are_told_and_let_in_again()
    {
        GatewayConfig config = TestGateway.Mixed(
            new LimitsConfig { Lockout = new LockoutConfig(1, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)) }, new UserConfig("alice", new Secret("pw")));
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(config);
        await using (SocketStream client = await gateway.Gateway.ConnectAsync())
        {
            await client.WriteAsync(new byte[] { 5, 1, 2 });
            await client.ReadExactlyAsync(new byte[2]).AsTask().WaitAsync(TestTransports.Patience);
            await client.WriteAsync((byte[])[1, 5, .. "alice"u8, 2, .. "no"u8]);
        }
        await Wait.UntilAsync(() => gateway.Server.GetLockedClients().Count == 1);
        Assert.Equal(gateway.Server.GetLockedClients(), await gateway.Client.GetLockedClientsAsync());
        Assert.False(await gateway.Client.UnlockClientAsync(IPAddress.Parse("192.0.2.1")));
        Assert.True(await gateway.Client.UnlockClientAsync(IPAddress.Loopback));
        Assert.Empty(gateway.Server.GetLockedClients());
        Assert.Equal(JsonSerializer.Serialize(gateway.Server.GetUsers()), JsonSerializer.Serialize(await gateway.Client.GetUsersAsync()));
    }

    [UnixFact]
    public async Task A_stop_drains_is_watched_and_answered_at_its_end()
    {
        await using EchoTarget target = new();
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        SocketStream client = await gateway.Gateway.ConnectThroughAsync(target.EndPoint);
        Task<ServerStatus> stopping = gateway.Client.StopAsync(TimeSpan.FromMinutes(5));
        await Wait.UntilAsync(async () => (await gateway.Client.GetStatusAsync()).State == ServerState.Draining);
        Assert.False(stopping.IsCompleted);
        await client.DisposeAsync();
        ServerStatus stopped = await stopping.WaitAsync(TestTransports.Patience);
        Assert.Equal((ServerState.Stopped, 0, 1L), (stopped.State, stopped.Sessions, stopped.TotalSessions));
        await gateway.Managed.Completion.WaitAsync(TestTransports.Patience);
        Assert.False(File.Exists(gateway.Path));
        ProxyException gone = await Assert.ThrowsAsync<ProxyException>(() => gateway.Client.GetStatusAsync());
        Assert.Equal(ProxyError.ControlUnreachable, gone.Reason);
        Assert.Equal($"{gateway.Path}: there is no such socket; is the server running, and does its configuration have `control`?", gone.Message);
    }

    [UnixFact]
    public async Task A_second_stop_with_less_patience_ends_the_drain_of_the_first()
    {
        await using EchoTarget target = new();
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        await using SocketStream client = await gateway.Gateway.ConnectThroughAsync(target.EndPoint);
        Task<ServerStatus> patient = gateway.Client.StopAsync(TimeSpan.FromHours(1));
        await Wait.UntilAsync(async () => (await gateway.Client.GetStatusAsync()).State == ServerState.Draining);
        Assert.Equal(ServerState.Stopped, (await gateway.Client.StopAsync(TimeSpan.Zero).WaitAsync(TestTransports.Patience)).State);
        Assert.Equal(ServerState.Stopped, (await patient.WaitAsync(TestTransports.Patience)).State);
    }

    [UnixFact]
    public async Task What_is_no_server_is_told_as_such()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("mx").FullName, "s");
        using (UnixListener other = new(path))
        {
            Task<DuplexStream?> accepting = other.AcceptAsync().AsTask();
            Task<ServerStatus> asking = new ControlClient(path).GetStatusAsync();
            using TextPeer peer = new((await accepting.WaitAsync(TestTransports.Patience))!);
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n<>");
            ProxyException foreign = await Assert.ThrowsAsync<ProxyException>(() => asking);
            Assert.StartsWith($"{path}: what answers is no MultiExit server", foreign.Message, StringComparison.Ordinal);
        }
        Directory.Delete(Path.GetDirectoryName(path)!);
    }
}
