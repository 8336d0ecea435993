using System.Globalization;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Control;

/// <summary>Configurations, versions and routes over the control socket.</summary>
public sealed class ControlConfigTests
{
    private const string Control = "control: { socket: mx.sock }\n";
    private const string Inbound = "{ name: proxy, type: mixed, listen: \"127.0.0.1:0\", users: { alice: { password: hunter2 } } }";
    private static readonly ConfigRequest Within60 = new() { ConfirmWithin = TimeSpan.FromSeconds(60) };

    [UnixFact]
    public async Task A_document_is_checked_and_put_in_force_as_a_version()
    {
        await using ManagedEdge edge = new();
        ControlClient client = await StartAsync(edge);
        ConfigDocument next = Next(edge, edge.Text(2, Inbound.Replace("hunter2", "hunter3", StringComparison.Ordinal), Control));
        Assert.Equal(["~ inbounds[proxy].users.alice.password: *** -> ***", "~ exits[a].weight: 1 -> 2"],
            (await client.CheckConfigAsync(next)).Select(difference => difference.ToString()));
        Assert.Equal(1, edge.Weight);

        ConfigStatus status = await client.SetConfigAsync(next);
        Same(edge.Server.GetConfig(), status);
        Same(status, await client.GetConfigAsync());
        Assert.Equal((2, edge["next.yaml"], next.Sha256, ConfigChange.Set, Environment.UserName),
            (status.Version!.Number, status.Version.File, status.Sha256, status.Version.Why, status.Version.Who));
        Assert.Contains("exits[a].weight: 2", status.Settings);
        Assert.DoesNotContain("hunter", JsonSerializer.Serialize(status), StringComparison.Ordinal);
        Assert.Equal((edge.File, edge.History), (status.File, status.History));
    }

    [UnixFact]
    public async Task A_change_goes_when_nobody_confirms_it_and_stays_when_somebody_does()
    {
        await using ManagedEdge edge = new();
        ControlClient client = await StartAsync(edge);
        ConfigDocument next = Next(edge, edge.Text(2, Inbound, Control));
        ConfigStatus waiting = await client.SetConfigAsync(next, Within60);
        Assert.Equal(new PendingVersion(2, 1, edge.Time.GetUtcNow() + TimeSpan.FromSeconds(60)), waiting.Pending);
        Assert.Equal(ProxyError.ServerState, (await Assert.ThrowsAsync<ProxyException>(() => client.SetConfigAsync(next))).Reason);
        edge.Time.Advance(TimeSpan.FromSeconds(60));
        await Wait.UntilAsync(async () => (await client.GetConfigAsync()).Pending is null);
        Assert.Equal(1, edge.Weight);
        Assert.Contains("not confirmed in time", (await client.GetConfigAsync()).LastReloadError, StringComparison.Ordinal);
        Assert.Equal(ProxyError.ServerState, (await Assert.ThrowsAsync<ProxyException>(() => client.ConfirmConfigAsync())).Reason);

        await client.SetConfigAsync(next, Within60);
        Assert.Equal((ConfigOutcome.Confirmed, null), ((await client.ConfirmConfigAsync()) is { } stays ? (stays.Version!.Outcome, stays.Pending) : default));
        edge.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(2, edge.Weight);
    }

    [UnixFact]
    public async Task A_change_whose_probe_fails_goes_at_once()
    {
        await using EchoTarget target = new();
        await using ManagedEdge edge = new();
        ControlClient client = await StartAsync(edge);
        ConfigRequest probed = new() { Probe = Destination.FromEndPoint(target.EndPoint) };
        ProxyException failed = await Assert.ThrowsAsync<ProxyException>(
            () => client.SetConfigAsync(Next(edge, edge.Text(2, Inbound, Control + "default: block\n")), probed));
        Assert.Equal(ProxyError.ProbeFailed, failed.Reason);
        Assert.Equal(1, edge.Weight);
        Assert.Equal(ConfigOutcome.Applied,
            (await client.SetConfigAsync(Next(edge, edge.Text(3, Inbound, Control + "default: a\n")), probed)).Version!.Outcome);
        Assert.Equal(3, edge.Weight);
    }

    [UnixFact]
    public async Task Versions_are_listed_compared_and_restored()
    {
        await using ManagedEdge edge = new();
        ControlClient client = await StartAsync(edge);
        await client.SetConfigAsync(Next(edge, edge.Text(2, Inbound, Control)));
        Same(edge.Server.GetVersions(), await client.GetVersionsAsync());
        Assert.Equal("~ exits[a].weight: 1 -> 2", Assert.Single(await client.CompareVersionsAsync(1)).ToString());
        Assert.Equal("~ exits[a].weight: 2 -> 1", Assert.Single(await client.CompareVersionsAsync(2, 1)).ToString());
        Assert.Equal("~ exits[a].weight: 2 -> 1", Assert.Single(await client.CheckVersionAsync(1)).ToString());
        ConfigVersion restored = await client.RestoreVersionAsync(1);
        Assert.Equal((3, ConfigChange.Restore, Environment.UserName), (restored.Number, restored.Why, restored.Who));
        Assert.Equal(1, edge.Weight);
        Assert.Contains("no version 9", (await Assert.ThrowsAsync<ProxyException>(() => client.RestoreVersionAsync(9))).Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task All_faults_of_a_document_come_back_as_they_are()
    {
        await using ManagedEdge edge = new();
        ControlClient client = await StartAsync(edge);
        ConfigDocument faulty = Next(edge, $"inbounds: [{Inbound}]\nnonsense: 1\nlimits: {{ connections: many }}\n");
        IReadOnlyList<ConfigError> errors = ConfigLoader.LoadFile(edge["next.yaml"]).Errors;
        Assert.Equal(2, errors.Count);
        foreach (Func<Task> work in (Func<Task>[])[() => client.CheckConfigAsync(faulty), () => client.SetConfigAsync(faulty)])
        {
            ProxyException refused = await Assert.ThrowsAsync<ProxyException>(work);
            Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
            Assert.Equal(errors, refused.ConfigErrors);
        }
        Assert.Equal((1, 1), (edge.Weight, edge.Server.GetVersions().Count));
        Assert.Contains("next.yaml:2:1: nonsense", (await client.GetStatusAsync()).LastReloadError, StringComparison.Ordinal);
        await edge.StopAsync();
        Assert.DoesNotContain("hunter", edge.Log, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task The_own_file_is_read_by_the_server()
    {
        await using ManagedEdge edge = new();
        ControlClient client = await StartAsync(edge);
        edge.Write(edge.Text(2, Inbound, Control));
        Assert.Equal("~ exits[a].weight: 1 -> 2", Assert.Single(await client.CheckConfigAsync(null)).ToString());
        Assert.Equal(2, (await client.SetConfigAsync(null, Within60)).Pending!.Number);
        Assert.Equal(2, edge.Weight);
    }

    [UnixFact]
    public async Task The_own_file_is_put_in_force_as_it_was_checked_or_not_at_all()
    {
        await using ManagedEdge edge = new();
        ControlClient client = await StartAsync(edge);
        edge.Write(edge.Text(2, Inbound, Control));
        ConfigRequest asChecked = new() { FileSha256 = (await client.GetConfigAsync()).FileSha256 };
        Assert.Equal(ConfigDocument.Read(edge.File).Sha256, asChecked.FileSha256);
        await client.CheckConfigAsync(null);
        edge.Write(edge.Text(3, Inbound, Control));
        ProxyException changed = await Assert.ThrowsAsync<ProxyException>(() => client.SetConfigAsync(null, asChecked));
        Assert.Equal((ProxyError.ServerState, 1), (changed.Reason, edge.Weight));
        Assert.Contains("has changed since it was checked", changed.Message, StringComparison.Ordinal);
        edge.Write(edge.Text(2, Inbound, Control));
        await client.SetConfigAsync(null, asChecked);
        Assert.Equal(2, edge.Weight);
    }

    [UnixFact]
    public async Task A_request_that_moves_the_socket_is_answered_however_long_it_takes()
    {
        await using ManagedEdge edge = new();
        await using HoldingTarget silent = new();
        ControlClient client = await StartAsync(edge);
        string moved = edge.Text(2, Inbound, "control: { socket: moved.sock }\ndefault: a\n")
            .Replace("type: direct", $"type: socks5, server: \"{silent.EndPoint}\"", StringComparison.Ordinal);
        Task<ConfigStatus> change = client.SetConfigAsync(Next(edge, moved), new ConfigRequest { Probe = Destination.FromEndPoint(silent.EndPoint) });
        try
        {
            await silent.Reached;
            Assert.False(File.Exists(edge["mx.sock"]));
            Assert.Equal(edge["moved.sock"], (await new ControlClient(edge["moved.sock"]).GetConfigAsync()).ControlSocket);
            // Longer than answers under way have when a server ends, and shorter than a probe.
            edge.Time.Advance(TimeSpan.FromSeconds(4));
        }
        finally
        {
            silent.Release();
        }
        Assert.Equal(ProxyError.ProbeFailed, (await Assert.ThrowsAsync<ProxyException>(() => change)).Reason);
        Assert.Equal((edge["mx.sock"], 1), ((await client.GetConfigAsync()).ControlSocket, edge.Weight));
    }

    [UnixFact]
    public async Task A_sent_text_that_the_own_file_does_not_hold_outlives_a_restart()
    {
        await using ManagedEdge edge = new();
        ControlClient client = await StartAsync(edge);
        await client.SetConfigAsync(new ConfigDocument(edge.Text(2, Inbound, Control), edge.File));
        await edge.CrashAsync();
        await edge.StartAsync();
        Assert.Equal(2, edge.Weight);
    }

    [UnixFact]
    public async Task Routes_are_explained_as_in_the_servers_own_process()
    {
        await using ManagedEdge edge = new();
        ControlClient client = await StartAsync(edge,
            Control + "groups: [{ name: pool, strategy: failover, exits: [a] }]\n"
            + "routes: [{ users: [alice], exit: pool }, { networks: [192.0.2.0/24], exit: block }]\n");
        RouteQuery query = new()
        {
            Destination = Destination.FromEndPoint(new(System.Net.IPAddress.Parse("2001:db8::1"), 443)),
            User = "alice", Client = System.Net.IPAddress.Loopback,
        };
        RouteExplanation here = await edge.Server.Gateway.ExplainRouteAsync(query);
        RouteExplanation there = await client.ExplainRouteAsync(query);
        Assert.Equal(here.Explanation, there.Explanation);
        Assert.Equal((RouteOutcome.Served, "pool", 1, "a"), (there.Outcome, there.Path[0], there.Rule!.Number, there.Egress!.Name));
        Assert.Equal("a", Assert.Single(there.Leaves).Name);
        Assert.Equal(query.Destination, there.Destination);
        ProxyException unknown = await Assert.ThrowsAsync<ProxyException>(() => client.ExplainRouteAsync(query with { Inbound = "none" }));
        Assert.Equal("there is no inbound named none; expected one of proxy", unknown.Message);
    }

    [UnixFact]
    public async Task Plain_requests_do_the_same()
    {
        await using ManagedEdge edge = new();
        await StartAsync(edge);
        string text = edge.Text(2, Inbound, Control);
        Assert.Equal(2, Body(await AskAsync(edge, "PUT", "/config?confirm_within=60s", text)).GetProperty("pending").GetProperty("number").GetInt32());
        Assert.Equal("edge.yaml", Path.GetFileName(edge.Server.Version!.File)); // relative paths are of the own file's folder
        Assert.Equal("confirmed", Body(await AskAsync(edge, "POST", "/config/confirm")).GetProperty("version").GetProperty("outcome").GetString());
        Assert.Equal(2, Body(await AskAsync(edge, "GET", "/versions")).GetArrayLength());
        Assert.Equal("start", Body(await AskAsync(edge, "GET", "/versions/1")).GetProperty("why").GetString());
        Assert.Equal("changed", Body(await AskAsync(edge, "GET", "/versions/1/difference?with=2"))[0].GetProperty("kind").GetString());
        Assert.Equal("restore", Body(await AskAsync(edge, "POST", "/versions/1/restore")).GetProperty("why").GetString());
        Assert.Equal("served",
            Body(await AskAsync(edge, "GET", "/route?destination=%5B2001:db8::1%5D:443&network=udp&user=")).GetProperty("outcome").GetString());
        Assert.Equal("body", Body(await AskAsync(edge, "POST", "/config/check", "name: 1\nx: 2")).GetProperty("errors")[0].GetProperty("file").GetString());
        // Larger than a part that is read at a time.
        string large = edge.Text(4, Inbound, Control) + string.Concat(Enumerable.Repeat("# nothing more to say\n", 40_000));
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(edge, "PUT", "/config", large), StringComparison.Ordinal);
        Assert.Equal(4, edge.Weight);
        await edge.StopAsync();
        Assert.Contains($"MX1042 control socket: {Environment.UserName} PUT /config?confirm_within=60s", edge.Log, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task What_is_not_understood_changes_nothing()
    {
        await using ManagedEdge edge = new();
        await StartAsync(edge);
        string text = edge.Text(2, Inbound, Control);
        (string Method, string Path, string Body, int Status, string Error)[] cases =
        [
            ("PUT", "/config", "", 400, "InvalidRequest"),
            ("PUT", "/config?confirm_with=60s", text, 400, "InvalidRequest"),
            ("POST", "/rollout/check?file=a%0Ab", text, 400, "InvalidRequest"),
            ("PUT", "/rollout?file=" + new string('a', 1001), text, 400, "InvalidRequest"),
            ("PUT", "/config?confirm_within=60s&confirm_within=1h", text, 400, "InvalidRequest"),
            ("PUT", "/config?confirm_within=soon", text, 400, "InvalidRequest"),
            ("PUT", "/config?confirm_within=25h", text, 422, "InvalidConfiguration"),
            ("PUT", "/config?probe=nowhere", text, 400, "InvalidRequest"),
            ("PUT", "/config?probe=host:0", text, 400, "InvalidRequest"),
            ("PUT", "/config?file=next.yaml", text, 400, "InvalidRequest"),
            ("PUT", "/config?file=/a%0Ab", text, 400, "InvalidRequest"),
            ("PUT", "/config?own_file=true", text, 400, "InvalidRequest"),
            ("PUT", "/config?own_file=yes", "", 400, "InvalidRequest"),
            ("PUT", "/config?sha256=00", text, 400, "InvalidRequest"),
            ("PUT", "/config?own_file=true&sha256=00", "", 409, "ServerState"),
            ("PUT", "/config", "\u00ff\u00fe", 400, "InvalidRequest"),
            ("PUT", "/config", "a\0b", 422, "InvalidConfiguration"),
            ("PUT", "/config", new string('x', 4 * 1024 * 1024 + 1), 413, "InvalidRequest"),
            ("POST", "/config", text, 405, "MethodNotAllowed"),
            ("GET", "/config/check", "", 405, "MethodNotAllowed"),
            ("POST", "/config/confirm", "", 409, "ServerState"),
            ("GET", "/versions/0", "", 404, "VersionNotFound"),
            ("GET", "/versions/01", "", 404, "VersionNotFound"),
            ("GET", "/versions/1/difference?with=2", "", 404, "VersionNotFound"),
            ("GET", "/versions/1/difference?with=-1", "", 400, "InvalidRequest"),
            ("POST", "/versions/99999999999999999999/restore", "", 404, "VersionNotFound"),
            ("GET", "/route", "", 400, "InvalidRequest"),
            ("GET", "/route?destination=nowhere", "", 400, "InvalidRequest"),
            ("GET", "/route?destination=a:1&client=b", "", 400, "InvalidRequest"),
            ("GET", "/route?destination=a:1&inbound=b", "", 422, "InvalidConfiguration"),
        ];
        foreach ((string method, string path, string body, int status, string error) in cases)
        {
            string answer = await AskAsync(edge, method, path, body);
            Assert.Equal(($"{method} {path}", status, error),
                ($"{method} {path}", int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture), Body(answer).GetProperty("error").GetString()));
        }
        Assert.Equal((1, 1), (edge.Weight, edge.Server.GetVersions().Count));
    }

    [UnixFact]
    public async Task A_server_without_a_document_or_history_says_so()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        Assert.Contains("HTTP/1.1 409 ", await gateway.AskAsync("PUT", "/config?own_file=true"), StringComparison.Ordinal);
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: $"inbounds: [{Inbound}]\n{Control}");
        ControlClient client = new(edge["mx.sock"]);
        Assert.Empty(await client.GetVersionsAsync());
        Assert.Contains("`history", (await Assert.ThrowsAsync<ProxyException>(() => client.RestoreVersionAsync(1))).Message, StringComparison.Ordinal);
        Assert.Contains("`history", (await Assert.ThrowsAsync<ProxyException>(() => client.SetConfigAsync(null, Within60))).Message, StringComparison.Ordinal);
        Assert.Null((await client.SetConfigAsync(null)).Version);
    }

    private static async Task<ControlClient> StartAsync(ManagedEdge edge, string more = Control)
    {
        await edge.StartAsync(text: edge.Text(1, Inbound, more));
        return new ControlClient(edge["mx.sock"]);
    }

    private static ConfigDocument Next(ManagedEdge edge, string text)
    {
        File.WriteAllText(edge["next.yaml"], text);
        return ConfigDocument.Read(edge["next.yaml"]);
    }

    private static async Task<string> AskAsync(ManagedEdge edge, string method, string path, string body = "")
    {
        using TextPeer peer = new(await UnixSocket.ConnectAsync(edge["mx.sock"], default).AsTask().WaitAsync(TestTransports.Patience));
        await peer.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        if (body.Length <= 4 * 1024 * 1024) await peer.SendAsync(body);
        return await peer.ReadToEndAsync();
    }

    private static JsonElement Body(string answer) =>
        JsonDocument.Parse(Encoding.Latin1.GetBytes(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])).RootElement;

    private static void Same<T>(T expected, T actual) =>
        Assert.Equal(JsonSerializer.Serialize(expected, ControlJson.Options), JsonSerializer.Serialize(actual, ControlJson.Options));
}
