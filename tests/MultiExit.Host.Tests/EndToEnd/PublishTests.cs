using System.Text.Json;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>A server that is published as an exit of another one, over its control socket.</summary>
public sealed class PublishTests
{
    [RequiresFact(ExternalTool.Curl)]
    public async Task Curl_publishes_an_exit_and_connections_leave_by_it_until_it_expires()
    {
        using TemporaryFolder folder = new();
        using HttpOrigin origin = new();
        using ProxyHost upstream = await StartAsync(folder, "up", "");
        using ProxyHost edge = await StartAsync(folder, "edge", "groups: [{ name: pool, publish: true }]\ndefault: pool\n");
        ControlSocket control = new(Path.Combine(folder.Path, "edge")), seen = new(Path.Combine(folder.Path, "up"));
        Assert.NotEqual(0, (await FetchAsync(edge, origin)).ExitCode);

        string body = $$"""{ "server": "socks5://{{upstream.Address}}", "expires": "10m" }""";
        JsonElement up = await control.AskAsync("groups/pool/members/up", "-X", "PUT", "-d", body);
        Assert.Equal(("up", "published"), (up.GetProperty("name").GetString(), up.GetProperty("origin").GetString()));
        Assert.Equal(0, (await FetchAsync(edge, origin)).ExitCode);
        Assert.Equal(1, (await seen.AskAsync("server")).GetProperty("total_sessions").GetInt64());
        Assert.Contains("PUT /groups/pool/members/up", await edge.LogLineAsync("MX1042"), StringComparison.Ordinal);

        // Not before it has served: a busy machine takes its time for that.
        await control.AskAsync("groups/pool/members/up", "-X", "PUT", "-d", body.Replace("10m", "1s", StringComparison.Ordinal));
        await UntilAsync(async () => (await control.AskAsync("groups/pool/members")).GetArrayLength() == 0);
        Assert.NotEqual(0, (await FetchAsync(edge, origin)).ExitCode);
        Assert.Equal("MemberRefused", (await control.AskAsync("groups/other/members/up", "-X", "PUT", "-d", body)).GetProperty("error").GetString());
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task The_command_line_publishes_what_it_reads_and_shows_no_password()
    {
        using TemporaryFolder folder = new();
        using HttpOrigin origin = new();
        using ProxyHost upstream = await StartAsync(folder, "up", "");
        using ProxyHost edge = await StartAsync(folder, "edge", "groups: [{ name: pool, publish: true, strategy: failover }]\ndefault: pool\n");
        string[] where = ["--socket", Path.Combine(folder.Path, "edge"), "--group", "pool"];

        string[] named = ["publish", .. where, "--name", "up", "--expires", "10m"];
        (ExitCode exitCode, string output, string error) = await RunAsync($"socks5://{upstream.Address}\n", named);
        Assert.Equal((ExitCode.Ok, ""), (exitCode, error));
        Assert.Matches(@"^up: socks5, published until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\s*$", output);
        Assert.Equal(0, (await FetchAsync(edge, origin)).ExitCode);

        (exitCode, output, error) = await RunAsync("""{ "server": "http://u:s3cret@192.0.2.1:3128", "weight": 3 }""", ["publish", .. where]);
        Assert.Equal((ExitCode.Ok, ""), (exitCode, error));
        Assert.StartsWith("192.0.2.1:3128-", output, StringComparison.Ordinal);
        (_, output, _) = await RunAsync("", ["members", .. where]);
        Assert.Equal(2, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain("s3cret", output, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Ok, (await RunAsync("", ["unpublish", .. where, "--name", "up"])).ExitCode);
        Assert.Equal(ExitCode.Usage, (await RunAsync("", ["unpublish", .. where, "--name", "up"])).ExitCode);
        (exitCode, _, error) = await RunAsync("gopher://u:s3cret@h:1", ["publish", .. where]);
        Assert.Equal(ExitCode.InvalidConfiguration, exitCode);
        Assert.Contains("unknown scheme", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await RunAsync("{ \"server\": ", ["publish", .. where])).ExitCode);
        Assert.Equal(ExitCode.Usage, (await RunAsync("socks5://h:1", ["publish", .. where, "--expires", "soon"])).ExitCode);
        Assert.Equal(ExitCode.Usage, (await RunAsync(new string('x', 70_000), ["publish", .. where])).ExitCode);
    }

    private static async Task<ProxyHost> StartAsync(TemporaryFolder folder, string name, string more)
    {
        string file = Path.Combine(folder.Path, $"{name}.yaml");
        await File.WriteAllTextAsync(file, "inbounds: [{ name: in, type: mixed, listen: \"127.0.0.1:0\", private_destinations: allow }]\n"
            + $"control: {{ socket: {Path.Combine(folder.Path, name)} }}\n{more}");
        return await ProxyHost.StartAsync("--config", file);
    }

    private static Task<(int ExitCode, string Output, string Error)> FetchAsync(ProxyHost edge, HttpOrigin origin) =>
        Curl.RunAsync("-sS", "--max-time", "20", "-x", $"socks5://{edge.Address}", "-o", "/dev/null", $"{origin.Url}/bytes/10");

    private static async Task<(ExitCode ExitCode, string Output, string Error)> RunAsync(string input, string[] args)
    {
        using StringReader given = new(input);
        using StringWriter output = new();
        using StringWriter error = new();
        return (await CommandLine.RunAsync(["exits", .. args], output, error, given), output.ToString(), error.ToString());
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (long start = Environment.TickCount64; !await condition();)
            Assert.True(Environment.TickCount64 - start < HostProcess.Limit.TotalMilliseconds, "the awaited state did not come");
    }
}
