using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Clients that are no part of this project, at a server that asks a service about them.</summary>
public sealed class BackEndTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpOrigin _origin = new();
    private readonly EchoServer _echo = new();

    public void Dispose()
    {
        _origin.Dispose();
        _echo.Dispose();
        _folder.Dispose();
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.PySocks)]
    public async Task Curl_and_PySocks_come_in_by_what_the_service_says()
    {
        using LoginService service = await LoginService.StartAsync();
        using ProxyHost proxy = await StartAsync($"auth: {{ http: {{ url: \"{service.Url}\" }} }}");
        Assert.Equal("ok", await CurlAsync($"socks5h://alice:wonder@{proxy.Address}"));
        Assert.Equal("alice lan True", await service.NextAsync());
        Assert.Equal("ok", await CurlAsync($"http://alice:wonder@{proxy.Address}"));
        Assert.Equal("refused", await CurlAsync($"socks5h://alice:wrong@{proxy.Address}"));
        Assert.Equal("alice lan False", await service.NextAsync());
        Assert.Equal("refused", await CurlAsync($"http://bob:wonder@{proxy.Address}"));
        Assert.Equal("bob lan False", await service.NextAsync());
        Assert.Equal("refused", await CurlAsync($"socks5h://{proxy.Address}"));
        Assert.Equal("ok", await CurlAsync($"socks5h://local:secret@{proxy.Address}"));
        Assert.Equal("ok", await PySocksAsync(proxy, "alice", "wonder"));
        Assert.Equal("refused", await PySocksAsync(proxy, "alice", "wonde"));
        Assert.Equal("alice lan False", await service.NextAsync());

        // Without the service: who was asked about within the minute, and local users.
        service.Kill();
        Assert.Equal("ok", await CurlAsync($"http://alice:wonder@{proxy.Address}"));
        Assert.Equal("ok", await PySocksAsync(proxy, "local", "secret"));
        (_, string status, _) = await Curl.RunAsync("--proxy", $"http://carol:x@{proxy.Address}", "--output", "/dev/null", "--write-out", "%{http_code}",
            $"{_origin.Url}/bytes/1");
        Assert.Equal("503", status);
        Assert.Contains("MX3011 back-end auth (http://127.0.0.1:", await proxy.LogLineAsync("MX3011"), StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.PySocks, ExternalTool.NodeWs)]
    public async Task Tokens_of_websocket_and_ech_tunnel_are_asked_about_too()
    {
        using LoginService service = await LoginService.StartAsync();
        using ProxyHost proxy = await StartAsync($"auth: {{ http: {{ url: \"{service.Url}\" }} }}");
        Assert.Equal("ok", await WebSocketAsync(proxy, "'Authorization': 'Bearer tok-1'"));
        Assert.Equal("token ws True", await service.NextAsync());
        Assert.Equal("refused", await WebSocketAsync(proxy, "'Authorization': 'Bearer tok-2'"));
        Assert.Equal("token ws False", await service.NextAsync());
        Assert.Equal("ok", await WebSocketAsync(proxy, "'X-Proxy-Username': 'alice', 'X-Proxy-Password': 'wonder'"));
        Assert.Equal("alice ws True", await service.NextAsync());
        foreach ((string token, string format, string outcome) in new[] { ("tok-1", "plain", "ok"), ("tok-1", "auto", "ok"), ("tok-3", "auto", "refused") })
        {
            string file = Path.Combine(_folder.Path, "client.yaml");
            await File.WriteAllTextAsync(file, $$"""
                inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]
                exits:
                  - { name: out, type: ech-tunnel, server: "ws://{{proxy.Listeners[2].Address}}/", token: {{token}}, format: {{format}}, carriers: 1 }
                default: out
                """);
            using ProxyHost client = await ProxyHost.StartAsync("--config", file);
            Assert.Equal(outcome, await CurlAsync($"socks5h://{client.Address}"));
        }
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Htpasswd)]
    public async Task A_file_of_htpasswd_counts_and_a_change_of_it_too()
    {
        string users = Path.Combine(_folder.Path, "users");
        await Shell.RunAsync($"htpasswd -cbB {users} alice wonder && htpasswd -bB -C 12 {users} bob builder");
        using ProxyHost proxy = await StartAsync($"auth: {{ file: {users} }}");
        Assert.Equal("ok", await CurlAsync($"socks5h://alice:wonder@{proxy.Address}"));
        Assert.Equal("ok", await CurlAsync($"http://bob:builder@{proxy.Address}"));
        Assert.Equal("refused", await CurlAsync($"http://bob:wonder@{proxy.Address}"));
        await Shell.RunAsync($"htpasswd -bB {users} carol new && htpasswd -D {users} bob");
        await proxy.LogLineAsync("MX1068");
        Assert.Equal("ok", await CurlAsync($"socks5h://carol:new@{proxy.Address}"));
        Assert.Equal("refused", await CurlAsync($"http://bob:builder@{proxy.Address}"));
        // MD5, which htpasswd writes without -B.
        await Shell.RunAsync($"htpasswd -bm {users} dave old");
        Assert.Contains("(dave): its hash is MD5, which is not taken", await proxy.LogLineAsync("MX1069"), StringComparison.Ordinal);
        Assert.Equal("ok", await CurlAsync($"socks5h://carol:new@{proxy.Address}"));
    }

    private Task<ProxyHost> StartAsync(string auth)
    {
        string file = Path.Combine(_folder.Path, "server.yaml");
        File.WriteAllText(file, $$"""
            inbounds:
              - { name: lan, type: mixed, listen: "127.0.0.1:0", users: all }
              - { name: ws, type: websocket, listen: "127.0.0.1:0", users: all }
              - { name: ech, type: ech-tunnel, listen: "127.0.0.1:0", private_destinations: allow, users: all }
            users: { local: { password: secret, tokens: { own: a-token-of-the-table } } }
            {{auth}}
            """);
        return ProxyHost.StartAsync("--config", file);
    }

    private async Task<string> CurlAsync(string proxy)
    {
        (int exitCode, string hash) = await Curl.HashAsync("--fail", "--proxy", proxy, $"{_origin.Url}/bytes/2000");
        return exitCode == 0 && hash == HttpOrigin.HashOf(2000) ? "ok" : "refused";
    }

    private Task<string> PySocksAsync(ProxyHost proxy, string user, string password) => PySocks.RunAsync($"""
        import socks
        s = socks.socksocket()
        s.set_proxy(socks.SOCKS5, '127.0.0.1', {proxy.Port}, username='{user}', password='{password}')
        s.settimeout(30)
        try:
            s.connect(('127.0.0.1', {_echo.EndPoint.Port}))
            s.sendall(b'x')
            print('ok' if s.recv(1) == b'x' else 'nothing')
        except socks.ProxyError:
            print('refused')
        """);

    private Task<string> WebSocketAsync(ProxyHost proxy, string fields) => ScriptPeer.RunAsync(ExternalTool.NodeWs, $$"""
        const WebSocket = require('ws');
        const url = 'ws://{{proxy.Listeners[1].Address}}/?host=127.0.0.1&port={{_echo.EndPoint.Port}}';
        const ws = new WebSocket(url, [], { headers: { {{fields}} } });
        let got = false;
        const end = (text) => { console.log(text); process.exit(0); };
        ws.on('open', () => ws.send('x'));
        ws.on('message', () => { got = true; ws.close(); });
        ws.on('error', () => end('refused'));
        ws.on('close', () => end(got ? 'ok' : 'refused'));
        """);
}
