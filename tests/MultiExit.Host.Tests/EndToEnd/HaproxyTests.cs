using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>HAProxy in front of a server and behind one: who the client is goes through both by the PROXY protocol.</summary>
public sealed class HaproxyTests : IDisposable
{
    // Another address than that of HAProxy, to tell them apart.
    private const string Client = "127.0.0.5";
    private readonly TemporaryFolder _folder = new();

    private string AccessLog => Path.Combine(_folder.Path, "access.log");

    public void Dispose() => _folder.Dispose();

    [RequiresTheory(ExternalTool.Curl, ExternalTool.Haproxy)]
    [InlineData("send-proxy", "socks5h", null)]
    [InlineData("send-proxy", "http", null)]
    [InlineData("send-proxy-v2", "socks5h", null)]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c,unique-id", "http", "proxied_id=7F000005:")]
    public async Task In_front_it_says_who_the_client_is(string option, string scheme, string? field)
    {
        using HttpOrigin origin = new();
        using ProxyHost proxy = await StartAsync("type: mixed, proxy_protocol: { from: [127.0.0.1/32] }, allow: [127.0.0.5/32]");
        using Haproxy front = await FrontAsync(proxy.Address, option);
        Assert.Equal(0, await GetAsync($"{scheme}://{front.EndPoint}", origin));
        string line = await AccessLineAsync();
        Assert.Contains($"in {Client}:", line, StringComparison.Ordinal);
        if (field is not null) Assert.Contains(field, line, StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Haproxy)]
    public async Task The_header_is_before_the_TLS_of_the_client()
    {
        using HttpOrigin origin = new();
        using ProxyHost proxy = await StartAsync("type: http, tls: { self_signed: true }, proxy_protocol: { from: [127.0.0.1/32] }");
        using Haproxy front = await FrontAsync(proxy.Address, "send-proxy-v2");
        Assert.Equal(0, await GetAsync($"https://{front.EndPoint}", origin, "--proxy-insecure"));
        Assert.Contains($"in {Client}:", await AccessLineAsync(), StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Haproxy)]
    public async Task Without_a_header_from_there_nobody_is_served()
    {
        using HttpOrigin origin = new();
        using ProxyHost proxy = await StartAsync("type: mixed, proxy_protocol: { from: [127.0.0.1/32] }");
        using Haproxy front = await FrontAsync(proxy.Address, "");
        Assert.NotEqual(0, await GetAsync($"socks5h://{front.EndPoint}", origin));
        await proxy.LogLineAsync("MX1094 inbound in: 127.0.0.1:");
    }

    [RequiresTheory(ExternalTool.Curl, ExternalTool.Haproxy)]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task As_a_target_it_learns_who_the_client_is(string version)
    {
        using ProxyHost proxy = await StartAsync("type: mixed", $"exits: [{{ name: out, type: direct, send_proxy: {version} }}]\ndefault: out");
        using Haproxy target = await Haproxy.StartAsync(address => $"""
            frontend web
              mode http
              bind {address} accept-proxy
              http-request return status 200 content-type text/plain lf-string "%[src] %[dst_port]"
            """);
        (int exitCode, string output, string error) =
            await Curl.RunAsync("--fail", "--interface", Client, "--proxy", $"socks5h://{proxy.Address}", $"http://{target.EndPoint}/");
        Assert.Equal((0, $"{Client} {target.EndPoint.Port}"), (exitCode, output + error));
    }

    [RequiresTheory(ExternalTool.Curl, ExternalTool.Haproxy)]
    [InlineData("socks5", "v1")]
    [InlineData("http", "v2")]
    public async Task Between_two_servers_it_passes_the_client_on(string type, string version)
    {
        using HttpOrigin origin = new();
        using ProxyHost last = await StartAsync("type: mixed, proxy_protocol: { from: [127.0.0.1/32] }, allow: [127.0.0.5/32]");
        using Haproxy middle = await FrontAsync(last.Address, "send-proxy-v2", "accept-proxy");
        using ProxyHost first = await ProxyHost.StartAsync("--config", Write("first.yaml", $$"""
            inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]
            exits: [{ name: next, type: {{type}}, server: "{{middle.EndPoint}}", send_proxy: {{version}} }]
            default: next
            """));
        Assert.Equal(0, await GetAsync($"socks5h://{first.Address}", origin));
        Assert.Contains($"in {Client}:", await AccessLineAsync(), StringComparison.Ordinal);
    }

    private async Task<ProxyHost> StartAsync(string inbound, string more = "") => await ProxyHost.StartAsync("--config", Write("edge.yaml", $$"""
        inbounds: [{ name: in, listen: "127.0.0.1:0", private_destinations: allow, {{inbound}} }]
        logging: { access: { file: "{{AccessLog}}" } }
        {{more}}
        """));

    private static Task<Haproxy> FrontAsync(string server, string option, string bind = "") => Haproxy.StartAsync(address => $"""
        frontend clients
          mode tcp
          bind {address} {bind}
          unique-id-format %{"{+X}"}o%ci:%cp
          default_backend servers
        backend servers
          mode tcp
          server one {server} {option}
        """);

    private static async Task<int> GetAsync(string through, HttpOrigin origin, params string[] more) =>
        (await Curl.HashAsync(["--fail", "--interface", Client, "--proxy", through, .. more, origin.Url + "/bytes/100000"])).ExitCode;

    private string Write(string name, string text)
    {
        string file = Path.Combine(_folder.Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    // The line is written when the session has ended.
    private async Task<string> AccessLineAsync()
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        long start = Environment.TickCount64;
        while (Environment.TickCount64 - start < HostProcess.Limit.TotalMilliseconds)
        {
            // The name of the file has the day in it.
            if (Directory.GetFiles(_folder.Path, "access*").SelectMany(File.ReadAllLines).FirstOrDefault() is { Length: > 0 } line) return line;
            await poll.WaitForNextTickAsync();
        }
        throw new TimeoutException("no session was logged");
    }
}
