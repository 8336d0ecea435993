using System.Diagnostics;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>ECH in configurations, with NSS's own client as an independent peer; the bytes are read on the way.</summary>
public sealed class EchTests : IDisposable
{
    private const string PublicName = "public.example";
    private const string InnerName = "inner-secret.example";
    private const int Length = 3_000_000;

    private readonly TemporaryCertificate _certificate = new();
    private readonly TemporaryFolder _folder = new();

    [RequiresFact(ExternalTool.Curl, ExternalTool.Nss)]
    public async Task A_tunnel_hides_its_name()
    {
        using HttpOrigin origin = new();
        EchKey key = EchKey.Create(PublicName);
        string tunnelKey = TunnelKey.Generate();
        using ProxyHost server = await StartTunnelAsync(tunnelKey, key.KeyPem);
        using WireTap tap = new(server.Address);
        using ProxyHost client = await StartClientAsync(tunnelKey, tap, key);
        Assert.Equal((0, HttpOrigin.HashOf(Length)), await Curl.HashAsync("--proxy", "socks5h://" + client.Address, $"{origin.Url}/bytes/{Length}"));
        Assert.True(tap.Saw(PublicName));
        Assert.False(tap.Saw(InnerName));
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Nss)]
    public async Task A_tunnel_whose_server_has_no_ech_fails_closed()
    {
        using HttpOrigin origin = new();
        string tunnelKey = TunnelKey.Generate();
        using ProxyHost server = await StartTunnelAsync(tunnelKey, null);
        using WireTap tap = new(server.Address);
        using ProxyHost client = await StartClientAsync(tunnelKey, tap, EchKey.Create(PublicName));
        (int exitCode, _, _) = await Curl.RunAsync("--proxy", "socks5h://" + client.Address, origin.Url);
        Assert.NotEqual(0, exitCode);
        await client.LogLineAsync("the server does not accept ECH and sent no config to try instead");
        Assert.False(tap.Saw(InnerName));
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Nss)]
    public async Task An_ech_tunnel_hides_its_name()
    {
        using HttpOrigin origin = new();
        EchKey key = EchKey.Create(PublicName);
        using ProxyHost server = await ProxyHost.StartAsync("--config", Write("server.yaml", $$"""
            inbounds:
              - name: ech
                type: ech-tunnel
                listen: "127.0.0.1:0"
                path: /tunnel
                token: a-token
                tls: { cert: {{_certificate.CertificatePath}}, key: {{_certificate.KeyPath}}, ech: { key: {{Write("ech.pem", key.KeyPem)}} } }
            """));
        using WireTap tap = new(server.Address);
        using ProxyHost client = await ProxyHost.StartAsync("--config", Write("client.yaml", $$"""
            inbounds:
              - { name: local, type: mixed, listen: "127.0.0.1:0" }
            exits:
              - name: far
                type: ech-tunnel
                server: "wss://{{InnerName}}:{{tap.Address.Split(':')[1]}}/tunnel"
                addresses: 127.0.0.1
                token: a-token
                tls: { pin: "{{_certificate.Pin}}" }
                ech: { config: { file: {{Write("config.pem", key.ConfigPem)}} } }
            default: far
            """));
        Assert.Equal((0, HttpOrigin.HashOf(Length)), await Curl.HashAsync("--proxy", "socks5h://" + client.Address, $"{origin.Url}/bytes/{Length}"));
        Assert.True(tap.Saw(PublicName));
        Assert.False(tap.Saw(InnerName));
    }

    [RequiresFact(ExternalTool.Nss)]
    public async Task The_client_of_nss_is_served()
    {
        EchKey older = EchKey.Create(PublicName, 1);
        EchKey newer = EchKey.Create(PublicName, 2, older.KeyPem, keep: 1);
        using ProxyHost server = await StartHttpAsync(newer.KeyPem);
        foreach (EchKey key in (EchKey[])[older, newer])
        {
            using WireTap tap = new(server.Address);
            (int exitCode, string output) = await AskAsync(tap, "-N", key.ConfigList);
            Assert.Equal(0, exitCode);
            Assert.Contains("400", output, StringComparison.Ordinal); // the proxy's own answer
            Assert.True(tap.Saw(PublicName));
            Assert.False(tap.Saw(InnerName));
        }
    }

    [RequiresFact(ExternalTool.Nss)]
    public async Task The_client_of_nss_with_another_key_gets_the_present_config()
    {
        EchKey key = EchKey.Create(PublicName, 1);
        using ProxyHost server = await StartHttpAsync(key.KeyPem);
        using WireTap tap = new(server.Address);
        (int exitCode, string output) = await AskAsync(tap, "-N", EchKey.Create(PublicName, 2).ConfigList);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(key.ConfigList, output, StringComparison.Ordinal);
        Assert.False(tap.Saw(InnerName));
    }

    [RequiresFact(ExternalTool.Nss)]
    public async Task Clients_with_grease_or_without_ech_are_served()
    {
        using ProxyHost server = await StartHttpAsync(EchKey.Create(PublicName).KeyPem);
        foreach (string[] options in (string[][])[["-i", "100"], []])
        {
            using WireTap tap = new(server.Address);
            (int exitCode, string output) = await AskAsync(tap, options);
            Assert.Equal(0, exitCode);
            Assert.Contains("400", output, StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Task<ProxyHost> StartTunnelAsync(string tunnelKey, string? echKey)
    {
        string ech = echKey is null ? "" : $", ech: {{ key: {Write("ech.pem", echKey)} }}";
        return ProxyHost.StartAsync("--config", Write("server.yaml", $$"""
            inbounds:
              - name: tunnel
                type: tunnel
                listen: "127.0.0.1:0"
                tls: { cert: {{_certificate.CertificatePath}}, key: {{_certificate.KeyPath}}{{ech}} }
                key: "{{tunnelKey}}"
                private_destinations: allow
            """));
    }

    private Task<ProxyHost> StartClientAsync(string tunnelKey, WireTap tap, EchKey key) => ProxyHost.StartAsync("--config", Write("client.yaml", $$"""
        inbounds:
          - { name: local, type: mixed, listen: "127.0.0.1:0" }
        exits:
          - name: far
            type: tunnel
            server: "{{tap.Address}}"
            sni: {{InnerName}}
            key: "{{tunnelKey}}"
            pin: "{{_certificate.Pin}}"
            ech: { config: { file: {{Write("config.pem", key.ConfigPem)}} } }
        default: far
        """));

    private Task<ProxyHost> StartHttpAsync(string echKey) => ProxyHost.StartAsync("--config", Write("http.yaml", $$"""
        inbounds:
          - name: proxy
            type: http
            listen: "127.0.0.1:0"
            tls: { cert: {{_certificate.CertificatePath}}, key: {{_certificate.KeyPath}}, ech: { key: {{Write("ech.pem", echKey)}} } }
        """));

    // A request that the proxy refuses with 400, and closes.
    private async Task<(int ExitCode, string Output)> AskAsync(WireTap tap, params string[] options)
    {
        string[] address = tap.Address.Split(':');
        string request = Write("request", "GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        using Process process = Process.Start(new ProcessStartInfo(
            ExternalTool.Command(ExternalTool.Nss),
            ["-h", address[0], "-p", address[1], "-a", InnerName, "-D", "-o", "-V", "tls1.3:tls1.3", "-A", request, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        using CancellationTokenSource limit = new(HostProcess.Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        return (process.ExitCode, await output + await error);
    }
}
