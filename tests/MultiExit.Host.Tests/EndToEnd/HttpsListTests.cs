using System.Text.Json;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Rule sets and lists of members from a web server whose certificate is of a CA of its own.</summary>
public sealed class HttpsListTests
{
    [RequiresFact(ExternalTool.Curl)]
    public async Task A_list_over_https_is_in_force_where_its_ca_is_trusted()
    {
        using TemporaryFolder folder = new();
        using HttpsList set = new("a.example\n"), list = new("socks5://192.0.2.1:1080#a\n");
        // Both are trusted.
        string trusted = Path.Combine(folder.Path, "trusted.pem");
        await File.WriteAllTextAsync(trusted, await File.ReadAllTextAsync(set.CaPath) + "\n" + await File.ReadAllTextAsync(list.CaPath));
        using ProxyHost host = await ProxyHost.StartTrustingAsync(trusted, "--config", await WriteAsync(folder, set, list));
        ControlSocket control = new(Path.Combine(folder.Path, "s"));
        Assert.Equal(("current", 1), Read(await control.AskAsync("sets/partners"), "domains"));
        Assert.Equal(("current", 1), ReadList(await control.AskAsync("groups/pool")));

        // From one https server to another, and never to one without TLS.
        set.Location = list.Url;
        list.Text = "b.example\nc.example\n";
        Assert.Equal(("current", 2), Read(await control.AskAsync("sets/partners/update", "-X", "POST"), "domains"));
        set.Location = list.Url.Replace("https://", "http://", StringComparison.Ordinal);
        JsonElement refused = await control.AskAsync("sets/partners/update", "-X", "POST");
        Assert.Equal(("stale", 2), Read(refused, "domains"));
        Assert.Equal("the server answered 302", refused.GetProperty("problem").GetString());
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task A_list_of_a_server_that_nobody_vouches_for_is_not_taken()
    {
        using TemporaryFolder folder = new();
        using HttpsList set = new("a.example\n"), list = new("socks5://192.0.2.1:1080#a\n");
        using ProxyHost host = await ProxyHost.StartTrustingAsync(set.CaPath, "--config", await WriteAsync(folder, set, list));
        ControlSocket control = new(Path.Combine(folder.Path, "s"));
        Assert.Equal(("current", 1), Read(await control.AskAsync("sets/partners"), "domains"));
        JsonElement group = await control.AskAsync("groups/pool");
        Assert.Equal(("missing", 0), ReadList(group));
        Assert.Contains("certificate", group.GetProperty("list").GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    private static async Task<string> WriteAsync(TemporaryFolder folder, HttpsList set, HttpsList list)
    {
        string file = Path.Combine(folder.Path, "edge.yaml");
        await File.WriteAllTextAsync(file, $$"""
            inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]
            sets: { partners: { url: "{{set.Url}}", state: set } }
            groups: [{ name: pool, members: { url: "{{list.Url}}", state: members } }]
            routes: [{ sets: [partners], exit: block }]
            control: { socket: {{Path.Combine(folder.Path, "s")}} }
            """);
        return file;
    }

    private static (string? State, int Count) Read(JsonElement set, string count) =>
        (set.GetProperty("state").GetString(), set.GetProperty(count).GetInt32());

    private static (string? State, int Count) ReadList(JsonElement group) =>
        (group.GetProperty("list").GetProperty("state").GetString(), group.GetProperty("listed").GetInt32());
}
