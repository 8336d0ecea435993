using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Engine.Bundles;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Bundles;

/// <summary>A bundle has what is needed to find a fault, no secret, and no more than its bounds.</summary>
public sealed class DiagnosticBundleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _secrets = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("password=zeb/ra horse+9")]
    [InlineData("socks5://u:zeb%2Fra%20horse%2B9@h")]
    [InlineData("Basic emViL3JhIGhvcnNlKzk=")]
    [InlineData("Basic YWxpY2U6emViL3JhIGhvcnNlKzk=")] // alice:zeb/ra horse+9
    [InlineData("Basic Ym9iOnplYi9yYSBob3JzZSs5")] // bob:zeb/ra horse+9
    [InlineData("7A65622F726120686F7273652B39")]
    public void The_search_finds_a_secret_in_each_form(string text) => Assert.True(SecretSearch.Finds(text, "zeb/ra horse+9"));

    [Fact]
    public async Task No_secret_of_any_kind_is_in_a_bundle()
    {
        string file = _folder["edge.yaml"];
        string socket = _folder["mx.sock"];
        await File.WriteAllTextAsync(file, Everything(socket), TestContext.Current.CancellationToken);
        ConfigResult config = ConfigLoader.LoadFile(file);
        Assert.True(config.IsValid, string.Join('\n', config.Errors));
        await using ManagedServer server = await ManagedServer.StartAsync(config, new ManagedServerOptions());
        await UseAsync(server);

        Dictionary<string, string> here = await BundleAsync(server), there = await BundleAsync(new ControlClient(socket));
        foreach (Dictionary<string, string> bundle in (Dictionary<string, string>[])[here, there])
        {
            Assert.Contains("\"alice\"", bundle["records.jsonl"], StringComparison.Ordinal);
            Assert.Contains("MX1000", bundle["log.jsonl"], StringComparison.Ordinal);
            Assert.Contains("\"name\": \"far-socks\"", bundle["config.json"], StringComparison.Ordinal);
            Assert.Contains("capabilities", bundle["preflight.jsonl"], StringComparison.Ordinal);
            Assert.Contains(EngineVersion.Text, bundle["versions.txt"], StringComparison.Ordinal);
            Assert.Contains("records.jsonl", bundle["README.txt"], StringComparison.Ordinal);
            Assert.True(_secrets.Count > 20);
            string told = string.Join('\n',
                from part in bundle
                from line in part.Value.Split('\n')
                where _secrets.Exists(secret => SecretSearch.Finds(line, secret))
                select $"{part.Key}: {line}");
            Assert.True(told.Length == 0, told);
        }
    }

    [Fact]
    public async Task A_part_that_cannot_be_had_leaves_the_others_and_says_why()
    {
        using MemoryStream zip = new();
        BundleResult result = await DiagnosticBundle.WriteAsync(zip,
        [
            BundlePart.Of("broken.txt", _ => throw new ProxyException(ProxyError.Provisioning, "nft failed")),
            BundlePart.Of("absent.txt", _ => throw new ProxyException(ProxyError.ServerState, "no records are kept")),
            BundlePart.Of("whole.txt", _ => Task.FromResult<IEnumerable<string>>(["one", "two"])),
        ], DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
        Assert.Equal(["whole.txt"], result.Parts);
        Assert.Equal(["broken.txt: nft failed"], result.Missing);
        Dictionary<string, string> parts = Read(zip);
        Assert.Equal("one\ntwo\n", parts["whole.txt"]);
        Assert.Contains("absent.txt: no records are kept", parts["README.txt"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_and_the_whole_have_an_end()
    {
        using MemoryStream zip = new();
        string line = new('x', (1 << 20) - 1);
        int asked = 0;
        BundlePart[] parts = [.. Enumerable.Range(0, 10).Select(i =>
            BundlePart.Of($"{i}.txt", _ => Task.FromResult(Enumerable.Range(0, 1_000_000).Select(_ => { asked++; return line; }))))];
        BundleResult result = await DiagnosticBundle.WriteAsync(zip, parts, DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
        Dictionary<string, string> read = Read(zip);
        Assert.Equal(DiagnosticBundle.MaxPart, read["0.txt"].Length);
        Assert.Equal(DiagnosticBundle.MaxTotal, read.Where(part => part.Key != "README.txt").Sum(part => part.Value.Length));
        Assert.Equal(10, result.Missing.Count);
        Assert.True(asked < 100);
    }

    // A login over HTTP whose target cannot be reached, and one that fails.
    private async Task UseAsync(ManagedServer server)
    {
        IPEndPoint proxy = server.GetStatus().Listeners.Single(listener => listener.Inbound == "staff").EndPoint;
        foreach (string password in (string[])[_secrets[0], "not the password"])
        {
            using TcpClient client = new();
            await client.ConnectAsync(proxy, TestContext.Current.CancellationToken);
            string login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"alice:{password}"));
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nProxy-Authorization: Basic {login}\r\nConnection: close\r\n\r\n"),
                TestContext.Current.CancellationToken);
            using StreamReader reader = new(client.GetStream());
            Assert.StartsWith("HTTP/1.1 ", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        IServerControl control = server;
        await Wait.UntilAsync(async () => (await control.FindRecordsAsync(new())).Records.Count > 0);
    }

    private static async Task<Dictionary<string, string>> BundleAsync(IServerControl server)
    {
        using MemoryStream zip = new();
        BundleResult result = await DiagnosticBundle.WriteAsync(zip, server, DateTimeOffset.UtcNow.AddHours(-1), TestContext.Current.CancellationToken);
        Dictionary<string, string> parts = Read(zip);
        Assert.Equal(result.Parts.Append("README.txt").Order(StringComparer.Ordinal), parts.Keys.Order(StringComparer.Ordinal));
        return parts;
    }

    private static Dictionary<string, string> Read(MemoryStream zip)
    {
        using ZipArchive archive = new(new MemoryStream(zip.ToArray()));
        return archive.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using StreamReader reader = new(entry.Open());
            return reader.ReadToEnd();
        }, StringComparer.Ordinal);
    }

    private string New(string? text = null)
    {
        string secret = text ?? $"Zq7-{Guid.NewGuid():N}";
        _secrets.Add(secret);
        return secret;
    }

    private string NewBase64(int length) =>
        New(Convert.ToBase64String(Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).Take(length).ToArray()));

    // The password of a hash is short, and its digest is a secret as well.
    private string NewHash()
    {
        string hash = new Secret(New()).Hash(HashSettings.Default(PasswordAlgorithm.Argon2id)).Reveal();
        New(hash.Split('$')[^1]);
        return hash;
    }

    // One of each kind of secret. Nothing of it is reached: port 1 refuses.
    private string Everything(string socket) => $$"""
        name: edge
        users:
          alice: { password: "{{New()}}", keys: { laptop: "{{New(TunnelKey.Generate())}}" }, tokens: { phone: "{{New()}}" },
              psks: { desk: "{{NewBase64(32)}}" } }
          bob: { password_hash: "{{NewHash()}}" }
        inbounds:
          - { name: staff, type: mixed, listen: "127.0.0.1:0", users: all }
          - { name: hub, type: tunnel, listen: "127.0.0.1:0", tls: { self_signed: true }, key: "{{New(TunnelKey.Generate())}}" }
          - { name: ech, type: ech-tunnel, listen: "127.0.0.1:0", tls: { self_signed: true }, token: "{{New()}}" }
          - { name: ss, type: shadowsocks, listen: "127.0.0.1:0", method: 2022-blake3-aes-256-gcm, password: "{{NewBase64(32)}}" }
          - { name: light, type: lightsocks, listen: "127.0.0.1:0", password: "{{New(LightsocksPassword.Generate())}}" }
          - { name: asks, type: http, listen: "127.0.0.1:0", auth: { ldap: { url: "ldaps://127.0.0.1:1", base: "dc=x",
              filter: "(uid={user})", bind_dn: "cn=x", bind_password: "{{New()}}" } } }
        exits:
          - { name: far-socks, type: socks5, server: "127.0.0.1:1", username: u, password: "{{New()}}" }
          - { name: far-http, type: http, server: "http://u:{{New()}}@127.0.0.1:1" }
          - { name: far-hub, type: tunnel, server: "127.0.0.1:1", key: "{{New(TunnelKey.Generate())}}" }
          - { name: far-ech, type: ech-tunnel, server: "ws://127.0.0.1:1/", token: "{{New()}}" }
          - { name: far-ss, type: shadowsocks, server: "127.0.0.1:1", method: aes-256-gcm, password: "{{New()}}" }
          - { name: far-light, type: lightsocks, server: "127.0.0.1:1", password: "{{New(LightsocksPassword.Generate())}}" }
        sets: { ads: { url: "http://127.0.0.1:1/ads.txt?key={{New()}}" } }
        auth: { http: { url: "http://127.0.0.1:1/{{New()}}", token: "{{New()}}" } }
        notify: [{ url: "http://127.0.0.1:1/{{New()}}", token: "{{New()}}" }]
        dashboard:
          listen: "127.0.0.1:0"
          users: [{ name: olga, password: "{{New()}}" }, { name: rita, password_hash: "{{NewHash()}}" }]
          token: "{{New()}}"
        records: { path: records.db }
        history: { directory: history }
        control: { socket: "{{socket}}" }
        """;
}
