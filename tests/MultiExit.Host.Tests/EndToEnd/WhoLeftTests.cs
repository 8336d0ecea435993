using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Server;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>"198.51.100.10, port 41822, at 14:03: who was that?", asked with the address and port that a target saw.</summary>
public sealed class WhoLeftTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryCertificate _certificate = new();
    private readonly TcpListener _web = new(IPAddress.Loopback, 0);
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private ProxyHost _server = null!;
    private ProxyHost _near = null!;

    public static TheoryData<string, string, string> Ways => new()
    {
        { "socks5", "mixed", "tcp" }, { "http", "mixed", "tcp" }, { "connect", "mixed", "tcp" }, { "tunnel", "tunnel", "tcp" }, { "websocket", "web", "tcp" },
        { "socks5", "mixed", "udp" },
    };

    public async ValueTask InitializeAsync()
    {
        _web.Start();
        _udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string key = TunnelKey.Generate();
        using TemporaryFile server = new($$"""
            inbounds:
              - { name: mixed, type: mixed, listen: "127.0.0.1:0", private_destinations: allow, users: { alice: { password: wonderland } } }
              - name: tunnel
                type: tunnel
                listen: "127.0.0.1:0"
                tls: { cert: {{_certificate.CertificatePath}}, key: {{_certificate.KeyPath}} }
                key: "{{key}}"
                private_destinations: allow
              - { name: web, type: websocket, listen: "127.0.0.1:0", private_destinations: allow }
            exits: [{ name: wan1, type: direct, address: 127.0.0.3 }]
            default: wan1
            control: { socket: {{Path.Combine(_folder.Path, "s")}} }
            records: { path: {{Path.Combine(_folder.Path, "records.db")}} }
            """);
        _server = await ProxyHost.StartAsync("--config", server.Path);
        using TemporaryFile near = new($$"""
            inbounds:
              - { name: a, type: mixed, listen: "127.0.0.1:0", private_destinations: allow }
              - { name: b, type: mixed, listen: "127.0.0.1:0", private_destinations: allow }
            exits:
              - { name: tunnel, type: tunnel, server: "{{_server.AddressOf("tunnel")}}", key: "{{key}}", pin: "{{_certificate.Pin}}" }
              - { name: web, type: websocket, server: "ws://{{_server.AddressOf("websocket")}}/" }
            routes: [{ inbounds: [a], exit: tunnel }]
            default: web
            """);
        _near = await ProxyHost.StartAsync("--config", near.Path);
    }

    public ValueTask DisposeAsync()
    {
        _near.Dispose();
        _server.Dispose();
        _web.Dispose();
        _udp.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
        return default;
    }

    [RequiresTheory(ExternalTool.Curl, ExternalTool.PySocks)]
    [MemberData(nameof(Ways))]
    public async Task The_address_and_port_that_a_target_saw_names_the_client(string protocol, string inbound, string network)
    {
        IPEndPoint seen = network == "udp" ? await SendDatagramAsync() : await RequestAsync(protocol);
        Assert.Equal(IPAddress.Parse("127.0.0.3"), seen.Address);
        JsonElement record = await FindAsync(seen);
        Assert.Equal((protocol, inbound, network), (Text(record, "protocol"), Text(record, "inbound"), Text(record, "network")));
        Assert.Equal(inbound == "mixed" ? "alice" : null, Text(record, "user"));
        Assert.Equal(("wan1", "target", "ok"), (Text(record, "exit"), Text(record, "leads"), Text(record, "outcome")));
        Assert.Equal((network == "udp" ? _udp.LocalEndPoint : _web.LocalEndpoint)!.ToString(), Text(record, "peer"));
        Assert.StartsWith("127.0.0.1:", Text(record, "client"), StringComparison.Ordinal);
    }

    private static string? Text(JsonElement record, string name) =>
        record.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : null;

    // Curl's request through one of the ways; the answer ends with the connection.
    private async Task<IPEndPoint> RequestAsync(string protocol)
    {
        const string Login = "alice:wonderland@";
        string[] proxy = protocol switch
        {
            "socks5" => ["--proxy", $"socks5h://{Login}{_server.Address}"],
            "http" => ["--proxy", $"http://{Login}{_server.Address}"],
            "connect" => ["--proxy", $"http://{Login}{_server.Address}", "--proxytunnel"],
            "tunnel" => ["--proxy", $"socks5h://{_near.Listeners[0].Address}"],
            _ => ["--proxy", $"socks5h://{_near.Listeners[1].Address}"],
        };
        Task<(int ExitCode, string Output, string Error)> curl = Curl.RunAsync([.. proxy, $"http://{_web.LocalEndpoint}/"]);
        using Socket client = await _web.AcceptSocketAsync().WaitAsync(HostProcess.Limit);
        await client.ReceiveAsync(new byte[4096]).WaitAsync(HostProcess.Limit);
        await client.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"));
        IPEndPoint seen = (IPEndPoint)client.RemoteEndPoint!;
        client.Shutdown(SocketShutdown.Send);
        (int exitCode, _, string error) = await curl;
        Assert.True(exitCode == 0, error);
        return seen;
    }

    private async Task<IPEndPoint> SendDatagramAsync()
    {
        Task<string> client = PySocks.RunAsync($"""
            import socket, socks
            s = socks.socksocket(socket.AF_INET, socket.SOCK_DGRAM)
            s.set_proxy(socks.SOCKS5, '127.0.0.1', {_server.Port}, username='alice', password='wonderland')
            s.settimeout(30)
            s.sendto(b'ask', ('127.0.0.1', {((IPEndPoint)_udp.LocalEndPoint!).Port}))
            print(s.recvfrom(512)[0].decode())
            """);
        byte[] buffer = new byte[64];
        SocketReceiveFromResult asked = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0)).WaitAsync(HostProcess.Limit);
        await _udp.SendToAsync("answer"u8.ToArray(), asked.RemoteEndPoint);
        Assert.Equal("answer", await client);
        return (IPEndPoint)asked.RemoteEndPoint;
    }

    // A record is there at the latest 2 s after its session has ended.
    private async Task<JsonElement> FindAsync(IPEndPoint source)
    {
        string at = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string[] find = ["sessions", "find", "--socket", Path.Combine(_folder.Path, "s"), "--source", $"{source}", "--at", at, "--within", "1m", "--json"];
        for (int attempt = 0; ; attempt++)
        {
            (int exitCode, string output, string error) = await HostProcess.RunAsync(find);
            Assert.Equal((0, ""), (exitCode, error));
            if (output.Length > 0) return JsonDocument.Parse(Assert.Single(output.Trim().Split('\n'))).RootElement;
            Assert.True(attempt < 200, "the record did not come");
            await Task.Delay(50);
        }
    }
}
