using System.Globalization;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Control;

/// <summary>Changes of parts over the control socket.</summary>
public sealed class ControlEditTests
{
    private const string Control = "control: { socket: mx.sock }\n";
    private const string Inbound = "{ name: proxy, type: mixed, listen: \"127.0.0.1:0\", users: { alice: { password: hunter2 } } }";

    [UnixFact]
    public async Task The_client_edits_as_the_server_does_in_its_own_process()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, Inbound, Control));
        ControlClient client = new(edge["mx.sock"]);
        ConfigEdit[] edits = [ConfigEdit.SetWeight("a", 3),
            ConfigEdit.Set("inbounds[proxy].users.alice.password", "hunter3: #\n😀"), ConfigEdit.Remove("history.keep")];
        string[] differences = [.. edge.Server.CheckEdits(edits).Select(difference => difference.ToString())];
        Assert.Equal(differences, (await client.CheckEditsAsync(edits)).Select(difference => difference.ToString()));
        Assert.Equal(3, differences.Length);
        Assert.Single(edge.Server.GetVersions());
        ConfigStatus status = await client.EditConfigAsync(edits, new ConfigRequest { ConfirmWithin = TimeSpan.FromMinutes(1) });
        Assert.Equal((2, ConfigChange.Edit, Environment.UserName), (status.Pending!.Number, status.Version!.Why, status.Version.Who));
        await client.ConfirmConfigAsync();
        Assert.Equal(3, edge.Weight);
        Assert.Equal(differences, (await client.CompareVersionsAsync(1)).Select(difference => difference.ToString()));
        await client.SetExitWeightAsync("a", 4);
        Assert.Equal((4, 3), (edge.Weight, edge.Server.Version!.Number));
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => client.EditConfigAsync([ConfigEdit.SetWeight("b", 4)]));
        Assert.Equal("exits[b]", Assert.Single(refused.ConfigErrors).Path);
        await edge.StopAsync();
        Assert.DoesNotContain("hunter", edge.Log, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Plain_requests_do_the_same()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, Inbound, Control));
        Assert.Equal("~ exits[a].weight: 1 -> 5", Told(Body(await AskAsync(edge, """{ "set": { "exits[a].weight": 5 }, "check": true }"""))[0]));
        Assert.Equal(1, edge.Weight);
        JsonElement status = Body(await AskAsync(edge,
            """
            { "set": { "exits[a].weight": 5, "limits.users.alice": { "quota": "5GB" }, "limits.usage_file": "usage.json" },
              "remove": ["history.keep"], "confirm_within": 60 }
            """));
        Assert.Equal("edit", status.GetProperty("version").GetProperty("why").GetString());
        Assert.Equal(2, status.GetProperty("pending").GetProperty("number").GetInt32());
        Assert.Equal((5, 5_000_000_000L), (edge.Weight, edge.Server.Gateway.Config.Limits.OfUser("alice").Quota));
    }

    [UnixFact]
    public async Task What_is_not_understood_changes_nothing()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1, Inbound, Control));
        (string Body, int Status)[] cases =
        [
            ("", 400), ("{}", 400), ("[]", 400), ("null", 400), ("{ \"set\": { \"\": 1 } }", 400), ("{ \"remove\": [null] }", 400),
            ("{ \"set\": { \"exits[a].weight\": 2, \"exits[a].weight\": 3 } }", 400),
            ("{ \"set\": { \"exits[a].weight\": 2 }, \"more\": 1 }", 400),
            ("{ \"set\": { \"exits[a].weight\": 2 }, \"probe\": \"nowhere\" }", 400),
            ("{ \"set\": { \"exits[a].weight\": 2 }, \"confirm_within\": \"soon\" }", 400),
            ("{ \"set\": { \"exits[a].weight\": 2 }, \"confirm_within\": 0.5 }", 422),
            ("{ \"set\": { \"exits[a].weight\": null } }", 422),
            ("{ \"set\": { \"exits[a].weight\": \"\\ud800\" } }", 422),
            ("{ \"set\": { \"exits[a]\": { \"\\ud800\": 2 } } }", 400),
            ("{ \"set\": { \"exits[a]\": [{ \"\u00e4\": 2, \"\u00e5\": [2] }] } }", 422), // Latin-1, which is no UTF-8
            ("{ \"set\": { \"exits[a].weight\": 2 }, \"remove\": [\"exits[a].weight\"] }", 422),
            ("{ \"set\": { \"exits[b].weight\": 2 } }", 422),
            ($"{{ \"remove\": [{string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"a{i}\""))}] }}", 422),
            ($"{{ \"set\": {{ \"a\": {new string('[', 60)}{new string(']', 60)} }} }}", 422),
        ];
        foreach ((string body, int status) in cases)
        {
            string answer = await AskAsync(edge, body);
            Assert.Equal((body, status), (body, int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture)));
        }
        Assert.Equal((1, 1), (edge.Weight, edge.Server.GetVersions().Count));
    }

    private static string Told(JsonElement difference) =>
        new ConfigDifference(difference.GetProperty("path").GetString()!, ConfigDifferenceKind.Changed,
            difference.GetProperty("before").GetString(), difference.GetProperty("after").GetString()).ToString();

    private static async Task<string> AskAsync(ManagedEdge edge, string body)
    {
        using TextPeer peer = new(await UnixSocket.ConnectAsync(edge["mx.sock"], default).AsTask().WaitAsync(TestTransports.Patience));
        await peer.SendAsync($"PATCH /config HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        return await peer.ReadToEndAsync();
    }

    private static JsonElement Body(string answer) =>
        JsonDocument.Parse(Encoding.Latin1.GetBytes(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])).RootElement;
}
