using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests;

/// <summary>Parts that change at run time are versions like any other.</summary>
public sealed class ManagedServerEditTests
{
    private const string Users = "{ name: proxy, type: mixed, listen: \"127.0.0.1:0\", private_destinations: allow, users: { alice: { password: old } } }";

    [Fact]
    public async Task Edits_are_a_version_that_can_be_compared_and_restored()
    {
        await using ManagedEdge edge = new();
        string text = edge.Text(1) + "# limits come last\nlimits: { connections: 10 } # few\n";
        await edge.StartAsync(text: text);
        ConfigEdit[] edits = [ConfigEdit.SetWeight("a", 3), ConfigEdit.Set("limits.bandwidth_per_user", "50MB/s"), ConfigEdit.Remove("limits.connections")];
        string[] asked = ["~ exits[a].weight: 1 -> 3", "+ limits.bandwidth_per_user: 50MB/s", "- limits.connections: 10"];
        Assert.Equal(asked.Order(), edge.Server.CheckEdits(edits).Select(difference => difference.ToString()).Order());
        Assert.Equal(1, edge.Weight);

        ConfigStatus status = await edge.Server.EditAsync(edits, new ConfigRequest { Who = "somebody" });
        Assert.Equal((3, 50_000_000L), (edge.Weight, edge.Server.Gateway.Config.Limits.PerUser.Bandwidth));
        Assert.Equal((2, ConfigChange.Edit, ConfigOutcome.Applied, "somebody", edge.File), Told(status.Version!));
        Assert.Equal("valid (native), exits[a].weight, limits.bandwidth_per_user, without limits.connections", status.Version!.Check);
        Assert.Equal(asked.Order(), edge.Server.CompareVersions(1).Select(difference => difference.ToString()).Order());
        Assert.Equal(text.Replace("weight: 1", "weight: 3", StringComparison.Ordinal)
            .Replace("{ connections: 10 }", "{ bandwidth_per_user: 50MB/s }", StringComparison.Ordinal),
            File.ReadAllText(Path.Combine(edge.History, "2.yaml")));
        Assert.Equal(text, File.ReadAllText(edge.File));

        await edge.Server.RestoreAsync(1);
        Assert.Equal((1, null), (edge.Weight, edge.Server.Gateway.Config.Limits.PerUser.Bandwidth));
    }

    [Fact]
    public async Task A_key_is_rotated_by_edits_that_show_no_secret()
    {
        const string Tunnel = "{ name: hub, type: tunnel, listen: \"127.0.0.1:0\", tls: { self_signed: true }, key: Zq7-the-old-one }";
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: $"inbounds: [{Tunnel}]\n");
        ConfigEdit both = ConfigEdit.Set("inbounds[hub].key", JsonSerializer.SerializeToElement(new object[] { "Zq7-the-new-one", "Zq7-the-old-one" }));
        Assert.Equal(["~ inbounds[hub].key: *** -> [***, ***]"], edge.Server.CheckEdits([both]).Select(difference => difference.ToString()));
        await edge.Server.EditAsync([both]);
        TunnelInboundConfig Inbound() => Assert.IsType<TunnelInboundConfig>(edge.Server.Gateway.Config.Inbounds[0]);
        Assert.Equal([new Secret("Zq7-the-new-one"), new Secret("Zq7-the-old-one")], Inbound().Keys);
        Assert.Contains("inbounds[hub].key: [***, ***]", edge.Server.GetConfig().Settings);
        await edge.Server.EditAsync([ConfigEdit.Remove("inbounds[hub].key[1]")]);
        Assert.Equal([new Secret("Zq7-the-new-one")], Inbound().Keys);
    }

    [Fact]
    public async Task A_restart_comes_up_with_the_edits_and_a_reload_of_the_file_takes_them_back()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.Server.EditAsync([ConfigEdit.SetWeight("a", 3)]);
        await edge.CrashAsync();
        await edge.StartAsync();
        Assert.Equal((3, 2), (edge.Weight, edge.Server.Version!.Number));
        await edge.Server.EditAsync([ConfigEdit.Set("exits[b]", JsonSerializer.SerializeToElement(new { type = "direct", weight = 7 }))]);
        Assert.Equal([3, 7], edge.Server.Gateway.Config.Exits.Select(exit => exit.Weight));
        await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.Equal([1], edge.Server.Gateway.Config.Exits.Select(exit => exit.Weight));
        Assert.Equal([(1, ConfigChange.Start), (2, ConfigChange.Edit), (3, ConfigChange.Edit), (4, ConfigChange.HangUp)],
            edge.Versions.Select(version => (version.Number, version.Why)));
    }

    [Fact]
    public async Task Edits_go_again_when_nobody_confirms_them_or_their_probe_fails()
    {
        await using EchoTarget target = new();
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, Users, "default: a\n"));
        await edge.Server.EditAsync([ConfigEdit.SetWeight("a", 3)], new ConfigRequest { ConfirmWithin = TimeSpan.FromMinutes(1) });
        Assert.Equal(3, edge.Weight);
        ProxyException waits = await Assert.ThrowsAsync<ProxyException>(() => edge.Server.EditAsync([ConfigEdit.SetWeight("a", 4)]));
        Assert.Equal(ProxyError.ServerState, waits.Reason);
        edge.Time.Advance(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(() => edge.Server.Pending is null);
        Assert.Equal(1, edge.Weight);

        ConfigRequest probed = new() { Probe = Destination.FromEndPoint(target.EndPoint) };
        Assert.Equal(ProxyError.ProbeFailed,
            (await Assert.ThrowsAsync<ProxyException>(() => edge.Server.EditAsync([ConfigEdit.Set("default", "block")], probed))).Reason);
        Assert.Equal("a", edge.Server.Gateway.Config.Default);
        Assert.Equal(ConfigOutcome.Applied, (await edge.Server.EditAsync([ConfigEdit.SetWeight("a", 5)], probed)).Version!.Outcome);
        Assert.Equal(5, edge.Weight);
    }

    [Fact]
    public async Task What_is_not_valid_changes_nothing_and_all_faults_are_told()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, Users));
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => edge.Server.EditAsync(
            [ConfigEdit.SetWeight("a", 5000), ConfigEdit.Set("limits.quota_per_user", "5GB"), ConfigEdit.Remove("inbounds[proxy].users.alice")]));
        Assert.Equal(["inbounds[0].users", "exits[0].weight", "limits.usage_file"], refused.ConfigErrors.Select(error => error.Path));
        Assert.All(refused.ConfigErrors, error => Assert.Null(error.File));
        Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
        ProxyException missing = await Assert.ThrowsAsync<ProxyException>(() =>
            edge.Server.EditAsync([ConfigEdit.SetWeight("c", 5), ConfigEdit.Remove("limits.users.bob")]));
        Assert.Equal(["exits[c]", "limits"], missing.ConfigErrors.Select(error => error.Path).Order());
        Assert.Equal((1, 1, null), (edge.Weight, edge.Server.GetVersions().Count, edge.Server.LastReloadError));
        ProxyException moved = await Assert.ThrowsAsync<ProxyException>(() => edge.Server.EditAsync([ConfigEdit.Set("history.directory", "other")]));
        Assert.Contains("own file alone", moved.Message, StringComparison.Ordinal);
        await edge.Server.EditAsync([ConfigEdit.SetWeight("a", 1)]);
        Assert.Single(edge.Server.GetVersions());
    }

    [Fact]
    public async Task A_new_password_holds_at_once_and_live_sessions_go_on()
    {
        await using EchoTarget target = new();
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, Users));
        using TcpClient live = await LoginAsync(edge, "alice", "old", target.EndPoint) ?? throw new InvalidOperationException();
        const string Awkward = "n: #w'\"\n{ä";
        await edge.Server.EditAsync([ConfigEdit.Set("inbounds[proxy].users.alice.password", Awkward), ConfigEdit.Set(
            ConfigPath.Append("inbounds[proxy].users", "b.ob \"x\"]"), JsonSerializer.SerializeToElement(new { password = "pw" }))]);
        Assert.Null(await LoginAsync(edge, "alice", "old", target.EndPoint));
        foreach ((string user, string password) in new[] { ("alice", Awkward), ("b.ob \"x\"]", "pw") })
        {
            using TcpClient? next = await LoginAsync(edge, user, password, target.EndPoint);
            Assert.NotNull(next);
        }
        await live.GetStream().WriteAsync("still"u8.ToArray());
        byte[] echo = new byte[5];
        await live.GetStream().ReadExactlyAsync(echo).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal("still", Encoding.ASCII.GetString(echo));
        string told = string.Join('\n', edge.Server.CompareVersions(1));
        Assert.Contains("~ inbounds[proxy].users.alice.password: *** -> ***", told, StringComparison.Ordinal);
        Assert.Contains("+ inbounds[proxy].users[\"b.ob \\\"x\\\"]\"].password: ***", told, StringComparison.Ordinal);
        await edge.StopAsync();
        Assert.DoesNotContain("{ä", edge.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_history_edits_hold_until_the_file_is_read_again()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: $"inbounds: [{ManagedEdge.Inbound}]\nexits: [{{ name: a, type: direct, weight: 2 }}]\n");
        ConfigStatus status = await edge.Server.EditAsync([ConfigEdit.SetWeight("a", 3)]);
        Assert.Equal((3, null), (edge.Weight, status.Version));
        await Assert.ThrowsAsync<ProxyException>(() =>
            edge.Server.EditAsync([ConfigEdit.SetWeight("a", 4)], new ConfigRequest { ConfirmWithin = TimeSpan.FromMinutes(1) }));
        await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.Equal(2, edge.Weight);
    }

    [Fact]
    public async Task There_is_one_truth_about_a_weight()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, more: "groups: [{ name: pool, exits: [a] }]\n"));
        IServerControl control = edge.Server;
        await control.SetExitWeightAsync("a", 3);
        Assert.Equal((3, 3, ConfigChange.Edit), (edge.Weight, WeightOf(edge, "a"), edge.Server.Version!.Why));
        // Only the running server knows a value that no document has.
        await control.SetExitWeightAsync("pool", 4);
        Assert.Equal((4, 2), (WeightOf(edge, "pool"), edge.Server.GetVersions().Count));
        edge.Server.Gateway.SetExitWeight("a", 9);
        await edge.Server.EditAsync([ConfigEdit.Set("limits.connections", "50")]);
        Assert.Equal((3, 4), (WeightOf(edge, "a"), WeightOf(edge, "pool")));
        await Assert.ThrowsAsync<ProxyException>(() => control.SetExitWeightAsync("none", 3));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => control.SetExitWeightAsync("a", 1001));
    }

    [Fact]
    public async Task A_server_without_a_document_in_the_native_schema_says_so_and_takes_weights_all_the_same()
    {
        await using ManagedServer urls = await ManagedServer.StartAsync(ConfigLoader.FromUrls(["socks5://127.0.0.1:0"], null));
        Assert.Contains("start it from a file", (await RefusedAsync(urls)).Message, StringComparison.Ordinal);
        await urls.SetExitWeightAsync("direct", 5);
        Assert.Equal(5, urls.Gateway.GetExits()[0].Weight);
        await using ManagedServer seed = await ManagedServer.StartAsync(ConfigLoader.Parse(
            """{ "listen_addr": "127.0.0.1:0", "protocol": "socks5", "timeout": "30s", "auth_users": { "a": "hunter2" } }"""));
        Assert.Contains("dialect socks5-websocket-proxy server", (await RefusedAsync(seed)).Message, StringComparison.Ordinal);
    }

    private static Task<ProxyException> RefusedAsync(ManagedServer server) =>
        Assert.ThrowsAsync<ProxyException>(() => server.EditAsync([ConfigEdit.Set("limits.connections", "5")]));

    private static (int, ConfigChange, ConfigOutcome, string, string?) Told(ConfigVersion version) =>
        (version.Number, version.Why, version.Outcome, version.Who, version.File);

    private static int WeightOf(ManagedEdge edge, string name) => edge.Server.Gateway.GetExits().Single(exit => exit.Name == name).Weight;

    // A SOCKS5 connection through the server; null when the login is refused (RFC 1929).
    private static async Task<TcpClient?> LoginAsync(ManagedEdge edge, string user, string password, IPEndPoint target)
    {
        TcpClient client = new();
        await client.ConnectAsync(edge.Server.Gateway.GetStatus().Listeners[0].EndPoint).WaitAsync(TestTransports.Patience);
        NetworkStream stream = client.GetStream();
        byte[] name = Encoding.UTF8.GetBytes(user), secret = Encoding.UTF8.GetBytes(password);
        await stream.WriteAsync((byte[])[5, 1, 2, 1, (byte)name.Length, .. name, (byte)secret.Length, .. secret]);
        byte[] answer = new byte[4];
        await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        if (answer[3] != 0)
        {
            client.Dispose();
            return null;
        }
        await stream.WriteAsync((byte[])[5, 1, 0, 1, .. target.Address.GetAddressBytes(), (byte)(target.Port >> 8), (byte)target.Port]);
        byte[] reply = new byte[10];
        await stream.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(0, reply[1]);
        return client;
    }
}
