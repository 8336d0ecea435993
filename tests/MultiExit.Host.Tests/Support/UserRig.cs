namespace MultiExit.Host.Tests.Support;

/// <summary>A server with users of all sorts on inbounds of all types, and a way in for each kind of credential by a client that is no part of
/// this project (of tunnels: behind a process of ours).</summary>
internal sealed class UserRig : IDisposable
{
    /// <summary>What each user is: known by its own credentials, and let in or not.</summary>
    public static readonly string[] Users = ["right", "spent", "wrong", "disabled", "expired"];

    private const string Tls = "tls: { self_signed: true }";
    private readonly TemporaryFolder _folder = new();
    private readonly HttpOrigin _origin = new();
    private readonly EchoServer _echo = new();
    private ProxyHost? _server;
    private ProxyHost? _client;

    private UserRig()
    {
    }

    public ControlSocket Control => new(FileOf("control.sock"));

    public ProxyHost Server => _server!;

    /// <summary>Starts it.</summary>
    /// <param name="failures">So many failed logins lock a client out.</param>
    /// <param name="more">More keys of the user <c>right</c>, each with a comma in front.</param>
    public static async Task<UserRig> StartAsync(int failures, string more = "")
    {
        UserRig rig = new();
        await File.WriteAllTextAsync(rig.FileOf("server.yaml"), rig.Document(failures, more));
        rig._server = await ProxyHost.StartAsync("--config", rig.FileOf("server.yaml"));
        return rig;
    }

    /// <summary>Puts the document in force with other keys of the user <c>right</c>.</summary>
    public async Task ReloadAsync(int failures, string more)
    {
        string file = FileOf("next.yaml");
        await File.WriteAllTextAsync(file, Document(failures, more));
        await Control.AskAsync("config", "-X", "PUT", "-H", "Content-Type: application/yaml", "--data-binary", "@" + file);
    }

    /// <summary>Tries to get something through the server as a user.</summary>
    /// <param name="kind">The kind of credential.</param>
    /// <param name="user">The user.</param>
    /// <returns><c>ok</c> or <c>refused</c>.</returns>
    public async Task<string> TryAsync(string kind, string user) => kind switch
    {
        "socks5 password" => await CurlAsync($"socks5h://{Name(user)}:{Secret(user)}@{Server.Listeners[0].Address}"),
        "http password" => await CurlAsync($"http://{Name(user)}:{Secret(user)}@{Server.Listeners[0].Address}"),
        "socks5 network" => await CurlAsync($"socks5h://{Server.Listeners[0].Address}", "--interface", AddressOf(user)),
        "http network" => await CurlAsync($"http://{Server.Listeners[0].Address}", "--interface", AddressOf(user)),
        "forward network" => await CurlAsync("", "--interface", AddressOf(user), "--connect-to", $"::{Server.Listeners[4].Address}"),
        "pysocks password" => await PySocksAsync(user),
        "websocket password" => await WebSocketAsync($"'X-Proxy-Username': '{Name(user)}', 'X-Proxy-Password': '{Secret(user)}'", "[]"),
        "websocket token" => await WebSocketAsync($"'Authorization': 'Bearer {Secret(user)}'", "[]"),
        "websocket subprotocol" => await WebSocketAsync("", $"['{Secret(user)}']"),
        "tunnel key" or "ech-tunnel token" or "ech-tunnel plain" => await ThroughAsync(kind, user),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Holds a connection as a user until it ends.</summary>
    /// <returns><c>cut</c>, or <c>refused</c> where there was none.</returns>
    public async Task<string> HoldAsync(string kind, string user)
    {
        if (kind == "tunnel key") _client ??= await StartClientAsync(kind);
        string proxy = kind == "tunnel key"
            ? _client!.Listeners[Array.IndexOf(Users, user)].Address
            : $"{Name(user)}:{Secret(user)}@{Server.Listeners[0].Address}";
        // The echo of its request is no answer that ends, so curl waits for the end of the connection.
        (int exitCode, _, _) = await Curl.RunAsync("--proxy", "socks5h://" + proxy, "--http0.9", $"http://{_echo.EndPoint}/");
        return exitCode is 28 or 97 ? "refused" : "cut";
    }

    /// <summary>Ends the carriers that this project's client holds: the next try opens new ones.</summary>
    public void EndCarriers()
    {
        _client?.Dispose();
        _client = null;
    }

    public void Dispose()
    {
        _client?.Dispose();
        _server?.Dispose();
        _origin.Dispose();
        _echo.Dispose();
        _folder.Dispose();
    }

    private string FileOf(string name) => Path.Combine(_folder.Path, name);

    // The user of a wrong secret exists.
    private static string Name(string user) => user == "wrong" ? "right" : user;

    private static string Secret(string user) => $"secret-of-{user}";

    // Loopback has them all; that of a wrong one is in no network.
    private static string AddressOf(string user) => user == "wrong" ? "127.0.0.99" : $"127.0.0.{10 + Array.IndexOf(Users, user)}";

    private string Document(int failures, string more) => $$"""
        users:
          right: { {{Credentials("right")}}{{more}} }
          spent: { {{Credentials("spent")}}, limits: { quota: 500B } }
          disabled: { {{Credentials("disabled")}}, disabled: true }
          expired: { {{Credentials("expired")}}, expires: 2020-01-01 }
        inbounds:
          - { name: lan, type: mixed, listen: "127.0.0.1:0", users: all }
          - { name: ws, type: websocket, listen: "127.0.0.1:0", users: all, private_destinations: allow }
          - { name: edge, type: tunnel, listen: "127.0.0.1:0", {{Tls}}, users: all, private_destinations: allow }
          - { name: ech, type: ech-tunnel, listen: "127.0.0.1:0", users: all, private_destinations: allow }
          - { name: fwd, type: forward, target: "{{_origin.EndPoint}}", listen: "127.0.0.1:0", users: all, private_destinations: allow }
        limits: { usage_file: {{FileOf("usage.json")}}, lockout: { failures: {{failures}} } }
        control: { socket: {{FileOf("control.sock")}} }
        """;

    private static string Credentials(string user) =>
        $"password: {Secret(user)}, keys: {{ laptop: {Secret(user)} }}, tokens: {{ ci: {Secret(user)} }}, networks: [{AddressOf(user)}]";

    private async Task<string> CurlAsync(string proxy, params string[] more)
    {
        (int exitCode, string hash) = await Curl.HashAsync(["--proxy", proxy, "--max-time", "60", .. more, $"{_origin.Url}/bytes/2000"]);
        return exitCode == 0 && hash == HttpOrigin.HashOf(2000) ? "ok" : "refused";
    }

    private Task<string> PySocksAsync(string user) => PySocks.RunAsync($"""
        import socks
        s = socks.socksocket()
        s.set_proxy(socks.SOCKS5, '127.0.0.1', {Server.PortOf(0)}, username='{Name(user)}', password='{Secret(user)}')
        s.settimeout(30)
        try:
            s.connect(('127.0.0.1', {_echo.EndPoint.Port}))
            s.sendall(b'x' * 1000)
            n = 0
            while n < 1000: n += len(s.recv(1000))
            print('ok')
        except (socks.ProxyError, OSError):
            print('refused')
        """);

    private Task<string> WebSocketAsync(string fields, string protocols) => ScriptPeer.RunAsync(ExternalTool.NodeWs, $$"""
        const WebSocket = require('ws');
        const url = 'ws://{{Server.Listeners[1].Address}}/?host=127.0.0.1&port={{_echo.EndPoint.Port}}';
        const ws = new WebSocket(url, {{protocols}}, { headers: { {{fields}} } });
        let got = 0;
        const end = (text) => { console.log(text); process.exit(0); };
        ws.on('open', () => ws.send('x'.repeat(1000)));
        ws.on('message', (data) => { if ((got += data.length) == 1000) ws.close(); });
        ws.on('error', () => end('refused'));
        ws.on('close', () => end(got == 1000 ? 'ok' : 'refused'));
        """);

    // A local proxy for each user.
    private async Task<string> ThroughAsync(string kind, string user)
    {
        _client ??= await StartClientAsync(kind);
        return await CurlAsync($"socks5h://{_client.Listeners[Array.IndexOf(Users, user)].Address}");
    }

    private async Task<ProxyHost> StartClientAsync(string kind)
    {
        string format = kind == "ech-tunnel plain" ? "plain" : "auto";
        string Exit(string name) => kind == "tunnel key"
            ? $"type: tunnel, server: \"{Server.Listeners[2].Address}\", key: {Secret(name)}, user: {Name(name)}"
            : $"type: ech-tunnel, server: \"ws://{Server.Listeners[3].Address}/\", token: {Secret(name)}, format: {format}";
        await File.WriteAllTextAsync(FileOf("client.yaml"), $$"""
            inbounds:
            {{string.Join('\n', Users.Select(name => $"  - {{ name: {name}, type: mixed, listen: \"127.0.0.1:0\" }}"))}}
            exits:
            {{string.Join('\n', Users.Select(name => $"  - {{ name: x-{name}, {Exit(name)}, carriers: 1, timeout: 3s }}"))}}
            routes:
            {{string.Join('\n', Users.Select(name => $"  - {{ inbounds: [{name}], exit: x-{name} }}"))}}
            """);
        return await ProxyHost.StartAsync("--config", FileOf("client.yaml"));
    }
}
