using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Clients that are no part of this project choose with their user names; the target tells which address it sees.</summary>
public sealed class NameParameterTests : IDisposable
{
    private static readonly string[] Ways = ["http", "connect", "socks5h", "websocket", "udp"];

    private readonly SourceTarget _target = new();
    private readonly TemporaryFolder _folder = new();
    private ProxyHost _server = null!;

    private string Socket => Path.Combine(_folder.Path, "s");

    [RequiresFact(ExternalTool.Curl, ExternalTool.PySocks, ExternalTool.NodeWs)]
    public async Task A_session_has_one_address_by_every_protocol_across_a_reload_and_a_restart()
    {
        Dictionary<string, string> seen = [];
        await StartAsync();
        foreach (string session in (string[])["1", "2", "3", "4", "5", "6"])
        {
            string[] addresses = [.. await Task.WhenAll(Ways.Select(way => AskAsync(way, $"alice+session={session}")))];
            seen[session] = Assert.Single(addresses.Distinct());
        }
        Assert.True(seen.Values.Distinct().Count() > 1);
        Assert.All(seen.Values, address => Assert.StartsWith("127.0.0.1", address, StringComparison.Ordinal));

        // Another order of the members, which is another configuration.
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "next.yaml"), Document("w4, w3, w2, w1"));
        await new ControlSocket(Socket).AskAsync(
            "config", "-X", "PUT", "-H", "Content-Type: application/yaml", "--data-binary", "@" + Path.Combine(_folder.Path, "next.yaml"));
        foreach ((string session, string address) in seen) Assert.Equal(address, await AskAsync("socks5h", $"alice+session={session}"));
        _server.Dispose();
        await StartAsync();
        foreach ((string session, string address) in seen) Assert.Equal(address, await AskAsync("udp", $"alice+session={session}"));
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.PySocks, ExternalTool.NodeWs)]
    public async Task A_client_leaves_by_the_exit_and_the_country_that_it_names_or_is_refused()
    {
        await StartAsync();
        foreach (string way in Ways)
        {
            Assert.Equal("127.0.0.13", await AskAsync(way, "alice+exit=w3"));
            Assert.Equal("127.0.0.14", await AskAsync(way, "alice+session=7+country=fr"));
            Assert.Equal("refused", await AskAsync(way, "alice+exit=other"));
            Assert.Equal("refused", await AskAsync(way, "alice+colour=red"));
            Assert.Equal("refused", await AskAsync(way, "alice+session=7+session=7"));
        }
        (int exitCode, string output, _) = await Curl.RunAsync("--proxy", $"http://{_server.Address}", "--proxy-user", "alice+colour=red:wonderland",
            $"http://127.0.0.1:{_target.Port}/");
        Assert.Equal((0, "the user name has `colour`; expected session, exit, country, ttl\n"), (exitCode, output));
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task The_way_of_a_name_is_explained_by_a_server_and_for_a_file()
    {
        await StartAsync();
        string[] ask = ["route", "explain", "--destination", $"127.0.0.1:{_target.Port}", "--user", "alice+session=7+country=fr", "--inbound", "mixed"];
        (int exitCode, string output, string error) = await HostProcess.RunAsync([.. ask, "--socket", Socket]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("note: session=7 is the key of alice's session in pool", output, StringComparison.Ordinal);
        Assert.Contains("note: country=FR leaves w4", output, StringComparison.Ordinal);
        (exitCode, string ofFile, error) = await HostProcess.RunAsync([.. ask, "--config", Path.Combine(_folder.Path, "server.yaml")]);
        Assert.Equal((0, "", output), (exitCode, error, ofFile));
    }

    public void Dispose()
    {
        _server?.Dispose();
        _target.Dispose();
        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "server.yaml"), Document("w1, w2, w3, w4"));
        _server = await ProxyHost.StartAsync("--config", Path.Combine(_folder.Path, "server.yaml"));
    }

    private string Document(string members) => $$"""
        name_parameters: [session, exit, country, ttl]
        users: { alice: { password: wonderland } }
        inbounds:
          - { name: mixed, type: mixed, listen: "127.0.0.1:0", users: all }
          - { name: web, type: websocket, listen: "127.0.0.1:0", users: all, private_destinations: allow }
        exits:
          - { name: w1, type: direct, address: 127.0.0.11, country: de }
          - { name: w2, type: direct, address: 127.0.0.12, country: de }
          - { name: w3, type: direct, address: 127.0.0.13 }
          - { name: w4, type: direct, address: 127.0.0.14, country: fr }
          - { name: other, type: direct, address: 127.0.0.15 }
        groups: [{ name: pool, strategy: sticky, bind: header, exits: [{{members}}] }]
        default: pool
        control: { socket: {{Socket}} }
        """;

    // The address that the target sees, or "refused".
    private async Task<string> AskAsync(string way, string user) => way switch
    {
        "websocket" => await WebSocketAsync(user),
        "udp" => await DatagramAsync(user),
        _ => await CurlAsync(user, way == "connect" ? ["--proxytunnel", "--proxy", $"http://{_server.Address}"] : ["--proxy", $"{way}://{_server.Address}"]),
    };

    private async Task<string> CurlAsync(string user, string[] proxy)
    {
        (int exitCode, string output, _) = await Curl.RunAsync([.. proxy, "--proxy-user", $"{user}:wonderland", "--fail", $"http://127.0.0.1:{_target.Port}/"]);
        return exitCode == 0 ? output : "refused";
    }

    private Task<string> DatagramAsync(string user) => PySocks.RunAsync($"""
        import socket, socks
        s = socks.socksocket(socket.AF_INET, socket.SOCK_DGRAM)
        s.set_proxy(socks.SOCKS5, '127.0.0.1', {_server.Port}, username='{user}', password='wonderland')
        s.settimeout(30)
        try:
            s.sendto(b'who', ('127.0.0.1', {_target.UdpPort}))
            print(s.recvfrom(512)[0].decode())
        except socks.ProxyError as error:
            print('refused' if '0x02' in str(error) else str(error))
        """);

    private Task<string> WebSocketAsync(string user) => ScriptPeer.RunAsync(ExternalTool.NodeWs, $$"""
        const WebSocket = require('ws');
        const ws = new WebSocket('ws://{{_server.Listeners[1].Address}}/?host=127.0.0.1&port={{_target.Port}}',
            { headers: { 'X-Proxy-Username': '{{user}}', 'X-Proxy-Password': 'wonderland' } });
        let text = '';
        ws.on('open', () => ws.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
        ws.on('message', (data) => { text += data; });
        ws.on('error', (error) => { console.log(String(error)); process.exit(0); });
        ws.on('close', (code) => { console.log(code == 1008 ? 'refused' : text.split('\r\n\r\n')[1]); process.exit(0); });
        """);
}
