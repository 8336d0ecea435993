using System.Net;
using MultiExit.Engine.Server;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>The two configurations of multiexit-proxy as printed there. Only addresses, paths, ports and the key become real ones, and
/// <c>snat</c> is off.</summary>
public sealed class TunnelDialectTests
{
    private const int Length = 1_000_000;
    private static readonly IPAddress[] ExitAddresses = [IPAddress.Parse("127.0.0.11"), IPAddress.Parse("127.0.0.12"), IPAddress.Parse("127.0.0.13")];

    [RequiresFact(ExternalTool.Curl)]
    public async Task The_printed_pair_goes_out_from_its_addresses_in_turn()
    {
        using HttpOrigin origin = new();
        using TemporaryCertificate certificate = new();
        using TemporaryFolder log = new();
        string key = TunnelKey.Generate();
        using TemporaryFile serverConfig = new(ServerText(certificate, log, key));
        using ProxyHost server = await ProxyHost.StartAsync("--config", serverConfig.Path);
        using TemporaryFile clientConfig = new(ClientText(server, key), ".json");
        using ProxyHost client = await ProxyHost.StartAsync("--config", clientConfig.Path);

        string[] proxies = ["socks5h://" + client.AddressOf("socks5"), "http://" + client.AddressOf("http")];
        for (int i = 0; i < 3 * ExitAddresses.Length; i++)
            Assert.Equal((0, HttpOrigin.HashOf(Length)), await Curl.HashAsync("--proxy", proxies[i % 2], $"{origin.Url}/bytes/{Length}"));

        IPAddress[] peers = [.. origin.Peers];
        int first = Array.IndexOf(ExitAddresses, peers[0]);
        Assert.Equal(Enumerable.Range(first, peers.Length).Select(i => ExitAddresses[i % ExitAddresses.Length]), peers);
        string file = Assert.Single(Directory.GetFiles(log.Path, "multiexit-proxy*.log")); // its name bears the day
        Assert.Contains("listens on " + server.Address, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task A_client_with_another_key_gets_nothing_through()
    {
        using HttpOrigin origin = new();
        using TemporaryCertificate certificate = new();
        using TemporaryFolder log = new();
        using TemporaryFile serverConfig = new(ServerText(certificate, log, TunnelKey.Generate()));
        using ProxyHost server = await ProxyHost.StartAsync("--config", serverConfig.Path);
        using TemporaryFile clientConfig = new(ClientText(server, TunnelKey.Generate()), ".json");
        using ProxyHost client = await ProxyHost.StartAsync("--config", clientConfig.Path);
        (int exitCode, _, _) = await Curl.RunAsync("--proxy", "socks5h://" + client.AddressOf("socks5"), origin.Url);
        Assert.Equal(97, exitCode);
        Assert.Empty(origin.Peers);
    }

    private static string ServerText(TemporaryCertificate certificate, TemporaryFolder log, string key)
    {
        string text = Replace(Sample("multiexit-proxy-server.yaml"), "\":443\"", "\"127.0.0.1:0\"");
        text = Replace(text, "/path/to/cert.pem", certificate.CertificatePath);
        text = Replace(text, "/path/to/key.pem", certificate.KeyPath);
        text = Replace(text, "your-secret-key-here", key);
        text = Replace(text, "1.2.3.4", ExitAddresses[0].ToString());
        text = Replace(text, "5.6.7.8", ExitAddresses[1].ToString());
        text = Replace(text, "9.10.11.12", ExitAddresses[2].ToString());
        text = Replace(text, "enabled: true", "enabled: false");
        return Replace(text, "/var/log", log.Path);
    }

    private static string ClientText(ProxyHost server, string key)
    {
        string text = Replace(Sample("multiexit-proxy-client.json"), "your-server.com:443", server.Address);
        text = Replace(text, "your-secret-key-here", key);
        text = Replace(text, "127.0.0.1:1080", "127.0.0.1:0");
        return Replace(text, "127.0.0.1:8080", "127.0.0.1:0");
    }

    private static string Sample(string name) =>
        File.ReadAllText(Path.Combine(HostProcess.RepositoryRoot, "tests", "MultiExit.Engine.Tests", "Configuration", "Samples", name));

    private static string Replace(string text, string printed, string real)
    {
        Assert.Contains(printed, text, StringComparison.Ordinal);
        return text.Replace(printed, real, StringComparison.Ordinal);
    }
}
