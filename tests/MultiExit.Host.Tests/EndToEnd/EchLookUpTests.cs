using System.Buffers.Binary;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Exits that get their ECH config from a real resolver over HTTPS; the bytes are read on the way.</summary>
public sealed class EchLookUpTests : IDisposable
{
    private const string PublicName = "public.example";
    private const string InnerName = "inner-secret.example";
    private const int Length = 300_000;

    private readonly TemporaryCertificate _certificate = new();
    private readonly TemporaryFolder _folder = new();
    private readonly EchKey _key = EchKey.Create(PublicName);
    private readonly HttpOrigin _origin = new();

    [RequiresFact(ExternalTool.Curl, ExternalTool.Nss, ExternalTool.Named)]
    public async Task Each_type_of_exit_finds_the_config_and_hides_its_name()
    {
        string tunnelKey = TunnelKey.Generate();
        using ProxyHost server = await ServeAsync(tunnelKey);
        using WireTap ech = new(server.AddressOf("ech-tunnel")), web = new(server.AddressOf("websocket")), tunnel = new(server.AddressOf("tunnel"));
        // RFC 9460 section 2.3: the record of another port than 443 is that of _port._https.
        using BindServer bind = await BindServer.StartAsync($"""
            inner-secret A 127.0.0.1
            _{web.Port}._https.inner-secret HTTPS 1 . ech="{_key.ConfigList}"
            www HTTPS 0 configs.example.
            configs HTTPS 1 . alpn=http/1.1 ech="{_key.ConfigList}"

            """);
        using ProxyHost client = await ConnectAsync(bind, ["ech", "web", "tunnel"], $$"""
              - name: ech
                type: ech-tunnel
                server: "wss://{{InnerName}}:{{ech.Port}}/tunnel"
                addresses: 127.0.0.1
                token: a-token
                tls: { pin: "{{_certificate.Pin}}" }
                ech: { doh: "https://127.0.0.1:{{bind.Port}}/dns-query", ca: {{bind.CaFile}}, name: www.example }
              - { name: web, type: websocket, server: "wss://{{InnerName}}:{{web.Port}}/", tls: { pin: "{{_certificate.Pin}}", ech: {} } }
              - { name: tunnel, type: tunnel, server: "{{tunnel.Address}}", sni: {{InnerName}}, key: "{{tunnelKey}}", pin: "{{_certificate.Pin}}",
                  ech: { name: www.example } }
            """);
        WireTap[] taps = [ech, web, tunnel];
        for (int i = 0; i < taps.Length; i++)
        {
            await DownloadAsync(client.Listeners[i].Address);
            Assert.True(taps[i].Saw(PublicName));
            Assert.False(taps[i].Saw(InnerName));
        }
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Nss, ExternalTool.Named)]
    public async Task Letters_of_the_command_line_find_the_config()
    {
        using ProxyHost server = await ServeAsync(TunnelKey.Generate());
        using WireTap tap = new(server.AddressOf("ech-tunnel"));
        using BindServer bind = await BindServer.StartAsync($"www HTTPS 1 . ech=\"{_key.ConfigList}\"\n");
        using ProxyHost client = await ProxyHost.StartTrustingAsync(
            bind.CaFile, "-l", "proxy://127.0.0.1:0", "-f", $"wss://{InnerName}:{tap.Port}/tunnel?pin={_certificate.Pin}", "-ip", "127.0.0.1",
            "-token", "a-token", "-dns", $"https://127.0.0.1:{bind.Port}/dns-query", "-ech", "www.example");
        await DownloadAsync(client.Address);
        Assert.True(tap.Saw(PublicName));
        Assert.False(tap.Saw(InnerName));
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Nss, ExternalTool.Named)]
    public async Task Without_a_usable_config_nothing_is_dialed_and_the_reason_is_told()
    {
        using WireTap tap = new(_origin.EndPoint.ToString());
        using BindServer bind = await BindServer.StartAsync($"""
            version HTTPS 1 . ech="{Changed(version: 0xfe0a)}"
            mandatory HTTPS 1 . ech="{Changed(extension: 0x9999)}"
            plain HTTPS 1 . alpn=h2
            strange HTTPS 1 . mandatory=key667 ech="{_key.ConfigList}" key667=x
            none A 127.0.0.1

            """);
        (string Name, string Reason)[] cases =
        [
            ("version", "it has the version fe0a, and only fe0d is known"),
            ("mandatory", "it has the mandatory extension 9999, which is not known"),
            ("plain", "the HTTPS record of plain.example has no ech parameter"),
            ("strange", "without the parameter key667, which is not known"),
            ("none", "none.example has no HTTPS record"),
            ("gone", "the name gone.example does not exist"),
            ("unreachable", "cannot be reached: Connection refused"),
        ];
        string[] names = [.. cases.Select(one => one.Name)];
        using ProxyHost client = await ConnectAsync(bind, names, string.Join('\n', names.Select(name =>
            $"  - {{ name: {name}, type: websocket, server: \"wss://{InnerName}:{tap.Port}/\", "
            + $"tls: {{ pin: \"{_certificate.Pin}\", ech: {{ name: {name}.example }} }} }}")));
        for (int i = 0; i < cases.Length; i++)
        {
            if (cases[i].Name == "unreachable") bind.Stop();
            await FailAsync(client.Listeners[i].Address);
            string line = await client.LogLineAsync("MX3000");
            Assert.Contains($"ECH with {InnerName}:{tap.Port}: ", line, StringComparison.Ordinal);
            Assert.Contains(cases[i].Reason, line, StringComparison.Ordinal);
        }
        Assert.Equal(0, tap.Connections);
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Nss, ExternalTool.Named)]
    public async Task An_expired_record_ends_it()
    {
        using ProxyHost server = await ServeAsync(TunnelKey.Generate());
        using WireTap tap = new(server.AddressOf("websocket"));
        using BindServer bind = await BindServer.StartAsync($"inner-secret A 127.0.0.1\nshort 3 HTTPS 1 . ech=\"{_key.ConfigList}\"\n");
        using ProxyHost client = await ConnectAsync(bind, ["web"],
            $"  - {{ name: web, type: websocket, server: \"wss://{InnerName}:{tap.Port}/\", "
            + $"tls: {{ pin: \"{_certificate.Pin}\", ech: {{ name: short.example }} }} }}");
        await DownloadAsync(client.Address);
        bind.Stop();
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(200));
        using CancellationTokenSource limit = new(HostProcess.Limit);
        while ((await Curl.RunAsync("--proxy", "socks5h://" + client.Address, $"{_origin.Url}/bytes/1")).ExitCode == 0)
            await poll.WaitForNextTickAsync(limit.Token);
        await client.LogLineAsync("and cannot be renewed: the resolver");
        int connections = tap.Connections;
        await FailAsync(client.Address);
        Assert.Equal(connections, tap.Connections);
        Assert.False(tap.Saw(InnerName));
    }

    [RequiresFact(ExternalTool.Nss)]
    public async Task A_name_that_plain_dns_tells_is_warned_of()
    {
        using ProxyHost client = await ProxyHost.StartAsync(
            "-l", "proxy://127.0.0.1:0", "-f", $"wss://{InnerName}:8443/tunnel", "-dns", "https://192.0.2.53/dns-query");
        Assert.Contains($"ECH hides {InnerName} in TLS, but the system's resolver asks", await client.LogLineAsync("MX1013"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _origin.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }

    private Task<ProxyHost> ServeAsync(string tunnelKey)
    {
        string tls = $"tls: {{ cert: {_certificate.CertificatePath}, key: {_certificate.KeyPath}, ech: {{ key: {Write("ech.pem", _key.KeyPem)} }} }}";
        return ProxyHost.StartAsync("--config", Write("server.yaml", $$"""
            inbounds:
              - { name: ech, type: ech-tunnel, listen: "127.0.0.1:0", path: /tunnel, token: a-token, {{tls}} }
              - { name: web, type: websocket, listen: "127.0.0.1:0", private_destinations: allow, {{tls}} }
              - { name: tunnel, type: tunnel, listen: "127.0.0.1:0", key: "{{tunnelKey}}", private_destinations: allow, {{tls}} }
            """));
    }

    // One inbound for each exit; the resolver knows the names of the exits' servers too.
    private Task<ProxyHost> ConnectAsync(BindServer bind, string[] names, string exits) => ProxyHost.StartAsync("--config", Write("client.yaml", $$"""
        inbounds:
        {{string.Join('\n', names.Select(name => $"  - {{ name: {name}, type: mixed, listen: \"127.0.0.1:0\" }}"))}}
        exits:
        {{exits}}
        routes:
        {{string.Join('\n', names.Select(name => $"  - {{ inbounds: {name}, exit: {name} }}"))}}
        default: block
        dns: { doh: "https://{{BindServer.Host}}:{{bind.Port}}/dns-query", bootstrap: 127.0.0.1, ca: {{bind.CaFile}}, prefer: ipv4 }
        """));

    private async Task DownloadAsync(string proxy) => Assert.Equal(
        (0, HttpOrigin.HashOf(Length)), await Curl.HashAsync("--proxy", "socks5h://" + proxy, $"{_origin.Url}/bytes/{Length}"));

    private async Task FailAsync(string proxy) =>
        Assert.NotEqual(0, (await Curl.RunAsync("--proxy", "socks5h://" + proxy, $"{_origin.Url}/bytes/1")).ExitCode);

    // RFC 9849 section 4: version 2 | length 2 | ... | extensions 2+n, each of type 2 | length 2; a type with the first bit set is mandatory.
    private string Changed(ushort? version = null, ushort? extension = null)
    {
        byte[] config = [.. _key.Config.Encoded.ToArray(), .. extension is null ? (byte[])[] : [(byte)(extension >> 8), (byte)extension, 0, 0]];
        if (version is { } other) BinaryPrimitives.WriteUInt16BigEndian(config, other);
        BinaryPrimitives.WriteUInt16BigEndian(config.AsSpan(2), (ushort)(config.Length - 4));
        if (extension is not null) BinaryPrimitives.WriteUInt16BigEndian(config.AsSpan(config.Length - 6), 4);
        return Convert.ToBase64String([(byte)(config.Length >> 8), (byte)config.Length, .. config]);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
