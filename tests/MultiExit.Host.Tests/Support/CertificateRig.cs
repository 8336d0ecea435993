namespace MultiExit.Host.Tests.Support;

/// <summary>A server whose inbounds of all types ask for certificates, and clients that show them and are no part of this project (of tunnels:
/// behind a process of ours).</summary>
internal sealed class CertificateRig : IDisposable
{
    /// <summary>Who there is: each has a certificate, but for <c>none</c>.</summary>
    public static readonly string[] Clients = ["right", "named", "spent", "disabled", "expired", "nobody", "foreign", "ended", "server", "revoked", "none"];

    private readonly TemporaryFolder _folder = new();
    private readonly HttpOrigin _origin = new();
    private readonly EchoServer _echo = new();
    private readonly string _require;
    private ProxyHost? _server;
    private ProxyHost? _client;

    private CertificateRig(OpenSslCa ca, OpenSslCa other, string require)
    {
        Ca = ca;
        Other = other;
        _require = require;
    }

    public OpenSslCa Ca { get; }

    /// <summary>A CA of the same name that is not trusted.</summary>
    public OpenSslCa Other { get; }

    public ControlSocket Control => new(FileOf("control.sock"));

    public ProxyHost Server => _server!;

    /// <summary>Starts it with a copy of the certificates.</summary>
    public static async Task<CertificateRig> StartAsync(CertificateSet certificates, string require = "true")
    {
        (OpenSslCa ca, OpenSslCa other) = await certificates.CopyAsync();
        CertificateRig rig = new(ca, other, require);
        await File.WriteAllTextAsync(rig.FileOf("server.yaml"), rig.Document());
        rig._server = await ProxyHost.StartAsync("--config", rig.FileOf("server.yaml"));
        return rig;
    }

    /// <summary>Puts the document in force with other keys of the user <c>right</c>, each with a comma in front.</summary>
    public async Task ReloadAsync(string more)
    {
        string file = FileOf("next.yaml");
        await File.WriteAllTextAsync(file, Document(more));
        await Control.AskAsync("config", "-X", "PUT", "-H", "Content-Type: application/yaml", "--data-binary", "@" + file);
    }

    /// <summary>Tries to get something through the server.</summary>
    /// <param name="kind">The way in.</param>
    /// <param name="client">Whose certificate is shown.</param>
    /// <param name="login">A name and a password, or a token, beside it.</param>
    /// <returns><c>ok</c> or <c>refused</c>.</returns>
    public async Task<string> TryAsync(string kind, string client, string? login = null) => kind switch
    {
        "http" => await CurlAsync([
            "--proxy", $"https://{(login is null ? "" : login + "@")}{Server.Listeners[0].Address}", "--proxy-cacert", Ca.CaFile,
            .. Shown(client, "--proxy-cert", "--proxy-key"), "--proxytunnel", $"{_origin.Url}/bytes/2000"]),
        "forward" => await CurlAsync(["--cacert", Ca.CaFile, .. Shown(client, "--cert", "--key"), $"https://{Server.Listeners[1].Address}/bytes/2000"]),
        "socks5" => await TlsSocks.TryAsync(Server.Listeners[0].Address, _echo.EndPoint, login is null ? [0] : [0, 2], Shown(client, "-cert", "-key")),
        "websocket" => await WebSocketAsync(client, login),
        "tunnel" or "tunnel own key" or "ech-tunnel" or "ech-tunnel plain" => await ThroughAsync(kind, client, login),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Holds a connection until it ends.</summary>
    /// <returns>Whether there was one that was cut.</returns>
    public async Task<bool> HoldAsync(string client)
    {
        (int exitCode, _, _) = await Curl.RunAsync(["--proxy", $"https://{Server.Listeners[0].Address}", "--proxy-cacert", Ca.CaFile,
            .. Shown(client, "--proxy-cert", "--proxy-key"), "--proxytunnel", "--http0.9", $"http://{_echo.EndPoint}/"]);
        return exitCode is not (28 or 97);
    }

    public void Dispose()
    {
        _client?.Dispose();
        _server?.Dispose();
        _origin.Dispose();
        _echo.Dispose();
        _folder.Dispose();
        Ca.Dispose();
        Other.Dispose();
    }

    private string FileOf(string name) => Path.Combine(_folder.Path, name);

    // Who is not let in may wait for its own time-out; who may come in waits as long as a busy machine takes.
    private static string PatienceOf(string client) =>
        client is "right" or "named" or "spent" or "nobody" or "none" ? $"{HostProcess.Limit.TotalSeconds}s" : "3s";

    private string PathOf(string client, string kind) => (client == "foreign" ? Other : Ca).FileOf($"{client}.{kind}");

    private string[] Shown(string client, string certificate, string key) =>
        client == "none" ? [] : [certificate, PathOf(client, "pem"), key, PathOf(client, "key")];

    private string Document(string more = "")
    {
        string tls = $"tls: {{ cert: {Ca.FileOf("proxy.pem")}, key: {Ca.FileOf("proxy.key")}, "
            + $"clients: {{ ca: {Ca.CaFile}, crl: {Ca.ListFile}, require: {_require}, user_from: cn }} }}";
        return $$"""
            users:
              right: { certificate: { san: right@example.com }, password: secret, tokens: { t: of-right }, keys: { k: key-of-right }, groups: [some]{{more}} }
              named: { groups: [some], keys: { k: key-of-named } }
              spent: { certificate: { san: spent@example.com }, limits: { quota: 500B } }
              disabled: { certificate: { san: disabled@example.com }, disabled: true }
              expired: { certificate: { san: expired@example.com }, expires: 2020-01-01 }
              other: { password: secret, tokens: { t: of-other } }
            inbounds:
              - { name: lan, type: mixed, listen: "127.0.0.1:0", {{tls}}, users: all, private_destinations: allow }
              - { name: fwd, type: forward, target: "{{_origin.EndPoint}}", listen: "127.0.0.1:0", {{tls}}, users: all, private_destinations: allow }
              - { name: ws, type: websocket, listen: "127.0.0.1:0", {{tls}}, users: all, private_destinations: allow }
              - { name: edge, type: tunnel, key: the-key-of-all-of-them, listen: "127.0.0.1:0", {{tls}}, users: all, private_destinations: allow }
              - { name: ech, type: ech-tunnel, listen: "127.0.0.1:0", {{tls}}, users: all, private_destinations: allow }
            limits: { usage_file: {{FileOf("usage.json")}}, lockout: { failures: 1000 } }
            control: { socket: {{FileOf("control.sock")}} }
            records: { path: {{FileOf("records")}} }
            """;
    }

    private async Task<string> CurlAsync(string[] arguments)
    {
        (int exitCode, string hash) = await Curl.HashAsync([.. arguments]);
        return exitCode == 0 && hash == HttpOrigin.HashOf(2000) ? "ok" : "refused";
    }

    private Task<string> WebSocketAsync(string client, string? token)
    {
        string shown = client == "none" ? "" : $"cert: fs.readFileSync('{PathOf(client, "pem")}'), key: fs.readFileSync('{PathOf(client, "key")}'),";
        string fields = token is null ? "" : $"'Authorization': 'Bearer {token}'";
        return ScriptPeer.RunAsync(ExternalTool.NodeWs, $$"""
            const fs = require('fs'), WebSocket = require('ws');
            const url = 'wss://{{Server.Listeners[2].Address}}/?host=127.0.0.1&port={{_echo.EndPoint.Port}}';
            const ws = new WebSocket(url, [], { ca: fs.readFileSync('{{Ca.CaFile}}'), {{shown}} headers: { {{fields}} } });
            let got = 0;
            const end = (text) => { console.log(text); process.exit(0); };
            ws.on('open', () => ws.send('x'.repeat(1000)));
            ws.on('message', (data) => { if ((got += data.length) == 1000) ws.close(); });
            ws.on('error', () => end('refused'));
            ws.on('close', () => end(got == 1000 ? 'ok' : 'refused'));
            """);
    }

    // A local proxy for each client, all in one process.
    private async Task<string> ThroughAsync(string kind, string client, string? login)
    {
        if (_client is null)
        {
            string Tls(string name) => name == "none" ? "" : $"cert: {PathOf(name, "pem")}, key: {PathOf(name, "key")}";
            string Exit(string name) => kind.StartsWith("tunnel", StringComparison.Ordinal)
                ? $"type: tunnel, server: \"{Server.Listeners[3].Address}\", key: {login ?? "the-key-of-all-of-them"}, ca: {Ca.CaFile}"
                    + (name == "none" ? "" : $", tls: {{ {Tls(name)} }}")
                : $"type: ech-tunnel, server: \"wss://{Server.Listeners[4].Address}/\", format: {(kind == "ech-tunnel plain" ? "plain" : "auto")}, "
                    + $"tls: {{ ca: {Ca.CaFile}{(name == "none" ? "" : ", " + Tls(name))} }}" + (login is null ? "" : $", token: {login}");
            await File.WriteAllTextAsync(FileOf("client.yaml"), $$"""
                inbounds:
                {{string.Join('\n', Clients.Select(name => $"  - {{ name: {name}, type: mixed, listen: \"127.0.0.1:0\" }}"))}}
                exits:
                {{string.Join('\n', Clients.Select(name => $"  - {{ name: x-{name}, {Exit(name)}, carriers: 1, timeout: {PatienceOf(name)} }}"))}}
                routes:
                {{string.Join('\n', Clients.Select(name => $"  - {{ inbounds: [{name}], exit: x-{name} }}"))}}
                """);
            _client = await ProxyHost.StartAsync("--config", FileOf("client.yaml"));
        }
        return await CurlAsync(["--proxy", $"socks5h://{_client.Listeners[Array.IndexOf(Clients, client)].Address}", $"{_origin.Url}/bytes/2000"]);
    }
}
