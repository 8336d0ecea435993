using System.Net;
using System.Runtime.Versioning;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Management;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Control;

/// <summary>The life of the socket: its modes, leftovers, reloads and the end.</summary>
public sealed class ControlSocketTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task It_belongs_to_its_owner_alone()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(gateway.Path));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(gateway.Path)!));
    }

    [UnixFact]
    public async Task A_live_servers_socket_stays_its_own()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(
            () => ControlledGateway.StartServerAsync(TestGateway.Mixed() with { ControlSocket = gateway.Path }));
        Assert.Equal(ProxyError.AddressInUse, refused.Reason);
        Assert.Equal($"cannot listen on {gateway.Path}: a server that runs answers there; stop it or choose another path", refused.Message);
        Assert.Equal(ServerState.Running, (await gateway.Client.GetStatusAsync()).State);
    }

    [UnixFact]
    public async Task A_dead_servers_socket_is_replaced_and_no_other_file()
    {
        string folder = Directory.CreateTempSubdirectory("mx").FullName;
        string path = Path.Combine(folder, "s");
        try
        {
            Leave(path);
            await using (ManagedServer server = await ControlledGateway.StartServerAsync(TestGateway.Mixed() with { ControlSocket = path }))
                Assert.Equal(server.GetStatus().Started, (await new ControlClient(path).GetStatusAsync()).Started);
            Assert.False(File.Exists(path));

            await File.WriteAllTextAsync(path, "precious");
            ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() =>
                ControlledGateway.StartServerAsync(TestGateway.Mixed() with { ControlSocket = path }));
            Assert.Contains("no socket; remove it or choose another path", refused.Message, StringComparison.Ordinal);
            Assert.Equal("precious", await File.ReadAllTextAsync(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [LinuxTheory("special files are looked at on Linux alone")]
    [InlineData("touch")]
    [InlineData("mkfifo")]
    public async Task What_is_no_socket_stays_where_it_is(string make)
    {
        using TemporaryFolder folder = new();
        Assert.Empty(SmallDisk.Run(make, folder["s"]));
        FileIdentity before = FileIdentity.Of(folder["s"]);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() =>
            ControlledGateway.StartServerAsync(TestGateway.Mixed() with { ControlSocket = folder["s"] }));
        Assert.Contains("no socket; remove it or choose another path", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, FileIdentity.Of(folder["s"]));
    }

    [LinuxFact("a socket is told from another one on Linux alone")]
    public async Task A_socket_that_was_deleted_is_made_again_by_a_reload_that_changes_nothing()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, more: "control: { socket: mx.sock }\n"));
        ControlClient client = new(edge["mx.sock"]);
        foreach (string file in (string[])["as it was", "inbounds: nonsense"])
        {
            File.Delete(edge["mx.sock"]);
            if (file != "as it was") edge.Write(file);
            await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
            Assert.Equal(ServerState.Running, (await client.GetStatusAsync()).State);
        }
        await edge.StopAsync();
        Assert.False(File.Exists(edge["mx.sock"]));
    }

    [LinuxFact("a socket is told from another one on Linux alone")]
    public async Task A_stop_leaves_what_has_taken_the_sockets_place()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, more: "control: { socket: mx.sock }\n"));
        File.Delete(edge["mx.sock"]);
        File.WriteAllText(edge["mx.sock"], "of somebody else");
        await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.Contains("MX1043", Assert.Single(edge.Server.Gateway.GetLog(new LogQuery { Ids = ["MX1043"] })).Id, StringComparison.Ordinal);
        await edge.StopAsync();
        Assert.Equal("of somebody else", File.ReadAllText(edge["mx.sock"]));
    }

    [UnixFact]
    public async Task Reloads_keep_move_and_remove_it()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        using TextPeer peer = await gateway.ConnectAsync();
        await gateway.ReloadAsync(gateway.Server.Config with { Limits = new LimitsConfig { Connections = 5 } });
        await peer.SendAsync("GET /users HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await peer.ReadHeadAsync(), StringComparison.Ordinal);

        string other = Path.Combine(gateway.Folder, "other.sock");
        await gateway.ReloadAsync(gateway.Server.Config with { ControlSocket = other });
        Assert.Equal(ServerState.Running, (await new ControlClient(other).GetStatusAsync()).State);
        await Wait.UntilAsync(() => !File.Exists(gateway.Path));

        await gateway.ReloadAsync(gateway.Server.Config with { ControlSocket = null });
        await Wait.UntilAsync(() => !File.Exists(other));
    }

    [UnixFact]
    public async Task One_that_cannot_be_bound_changes_nothing()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        string blocked = Path.Combine(gateway.Folder, "blocked");
        Directory.CreateDirectory(blocked);
        IPEndPoint before = gateway.Gateway.EndPoint;
        GatewayConfig changed = TestGateway.Mixed() with
        {
            Inbounds = [new MixedInboundConfig { Name = "new", Listen = new IPEndPoint(IPAddress.Loopback, 0) }], ControlSocket = blocked,
        };
        await Assert.ThrowsAsync<ProxyException>(() => gateway.ReloadAsync(changed));
        Assert.Single(gateway.Server.GetLog(new LogQuery { Ids = ["MX1004"] }));
        ServerStatus status = await gateway.Client.GetStatusAsync();
        Assert.Equal(before, Assert.Single(status.Listeners).EndPoint);
    }

    [UnixFact]
    public async Task One_that_was_bound_for_a_reload_that_fails_is_there_no_more()
    {
        await using EchoTarget taken = new();
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        string other = Path.Combine(gateway.Folder, "other.sock");
        await Assert.ThrowsAsync<ProxyException>(() => gateway.ReloadAsync(TestGateway.Mixed() with
        {
            Inbounds = [new MixedInboundConfig { Name = "new", Listen = taken.EndPoint }], ControlSocket = other,
        }));
        Assert.False(File.Exists(other));
        Assert.Single(gateway.Server.GetLog(new LogQuery { Ids = ["MX1004"] }));
        Assert.Equal(ServerState.Running, (await gateway.Client.GetStatusAsync()).State);
    }

    [UnixFact]
    public async Task The_client_reloads_the_file_as_the_server_does_in_its_own_process()
    {
        const string Control = "control: { socket: mx.sock }";
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, more: Control));
        IServerControl[] both = [new ControlClient(edge["mx.sock"]), edge.Server];
        foreach ((IServerControl control, int weight) in both.Zip([2, 3]))
        {
            edge.Write(edge.Text(weight, more: Control));
            Assert.Equal((edge.File, (int?)weight, ServerState.Running), Told(await control.ReloadFileAsync()));
            Assert.Equal(weight, edge.Weight);
            Assert.Equal(weight, (await control.GetConfigJsonAsync()).GetProperty("exits")[0].GetProperty("weight").GetInt32());
            edge.Write("nonsense: 1\n");
            ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => control.ReloadFileAsync());
            Assert.Contains(refused.ConfigErrors, error => error.Path == "nonsense");
            Assert.Equal(weight, edge.Weight);
        }
    }

    [UnixFact]
    public async Task A_reload_over_it_reads_the_file_again_and_tells_what_is_wrong()
    {
        const string Control = "control: { socket: mx.sock }";
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, more: Control));
        ControlClient client = new(edge["mx.sock"]);
        Assert.Equal((edge.File, (int?)1, ServerState.Running), Told(await client.GetStatusAsync()));

        edge.Write(edge.Text(2, more: Control));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await ReloadAsync(edge), StringComparison.Ordinal);
        Assert.Equal(2, edge.Weight);
        Assert.Equal((edge.File, (int?)2, ServerState.Running), Told(await client.GetStatusAsync()));
        Assert.Equal(ConfigChange.Control, edge.Versions.Last().Why);

        edge.Write(edge.Text(2, more: Control) + "\nnonsense: 1\n");
        string answer = await ReloadAsync(edge);
        Assert.StartsWith("HTTP/1.1 422 ", answer, StringComparison.Ordinal);
        Assert.Contains("edge.yaml:7:1: nonsense", answer, StringComparison.Ordinal);
        Assert.Contains("nonsense", (await client.GetStatusAsync()).LastReloadError, StringComparison.Ordinal);

        // The reload that removes the socket is answered all the same.
        edge.Write(edge.Text(3));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await ReloadAsync(edge), StringComparison.Ordinal);
        await Wait.UntilAsync(() => !File.Exists(edge["mx.sock"]));
    }

    private static (string? File, int? Version, ServerState State) Told(ServerStatus status) => (status.ConfigFile, status.ConfigVersion, status.State);

    private static async Task<string> ReloadAsync(ManagedEdge edge)
    {
        using TextPeer peer = new(await UnixSocket.ConnectAsync(edge["mx.sock"], default).AsTask().WaitAsync(TestTransports.Patience));
        await peer.SendAsync("POST /reload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        return await peer.ReadToEndAsync();
    }

    // The left-over of kill -9: a socket file without a listener. The name given to .NET's socket is not the one of the file.
    private static void Leave(string path)
    {
        using (new UnixListener(path + ".x")) File.Move(path + ".x", path);
        Assert.True(File.Exists(path));
    }
}
