using System.Net;
using System.Security.Cryptography;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>The clients of shadowsocks-libev at a shadowsocks inbound.</summary>
public sealed class ShadowsocksInboundTests : IDisposable
{
    private const int Length = 100 << 20;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Methods => ShadowsocksTests.Methods;

    public void Dispose() => _folder.Dispose();

    [RequiresTheory(ExternalTool.PySocks, ExternalTool.ShadowsocksServer)]
    [MemberData(nameof(Methods))]
    public async Task Bytes_go_there_and_back_whole(string method)
    {
        using EchoServer target = new();
        (ProxyHost server, int port) = await StartAsync(method);
        using ProxyHost _ = server;
        using ShadowsocksClient client = await ShadowsocksClient.LocalAsync(port, method);
        // Without half-close: this client ends both directions with the first one.
        string hash = await PySocks.RunAsync($"""
            import hashlib, socket, socks, threading
            s = socks.socksocket()
            s.set_proxy(socks.SOCKS5, '127.0.0.1', {client.EndPoint.Port})
            s.settimeout(60)
            s.connect(('127.0.0.1', {target.EndPoint.Port}))
            threading.Thread(target=s.sendall, args=(bytes({Length}),)).start()
            hash, left = hashlib.sha256(), {Length}
            while left > 0 and (part := s.recv(65536)):
                hash.update(part)
                left -= len(part)
            print(hash.hexdigest().upper())
            """);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(new byte[Length])), hash);
    }

    [RequiresTheory(ExternalTool.PySocks, ExternalTool.ShadowsocksServer)]
    [MemberData(nameof(Methods))]
    public async Task Many_connections_at_once_are_served_and_a_refused_target_is_an_end(string method)
    {
        using EchoServer target = new();
        using ClosedPort refused = new();
        (ProxyHost server, int port) = await StartAsync(method);
        using ProxyHost _ = server;
        using ShadowsocksClient client = await ShadowsocksClient.LocalAsync(port, method);
        string served = await PySocks.RunAsync($"""
            import os, socket, socks, threading
            def connect(port):
                s = socks.socksocket()
                s.set_proxy(socks.SOCKS5, '127.0.0.1', {client.EndPoint.Port})
                s.settimeout(60)
                s.connect(('127.0.0.1', port))
                return s
            good, all_open = [], threading.Barrier(200)
            def run():
                s, sent, came = connect({target.EndPoint.Port}), os.urandom(20000), b''
                all_open.wait(60)
                s.sendall(sent)
                while len(came) < len(sent) and (part := s.recv(65536)): came += part
                if came == sent: good.append(s)
            threads = [threading.Thread(target=run) for _ in range(200)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            s = connect({refused.Port})
            s.sendall(b'hello')
            try: end = len(s.recv(100))
            except OSError: end = 0
            print(len(good), end)
            """);
        Assert.Equal("200 0", served);
    }

    [RequiresTheory(ExternalTool.PySocks, ExternalTool.ShadowsocksServer)]
    [MemberData(nameof(Methods))]
    public async Task Datagrams_go_there_and_back(string method)
    {
        using DnsServer dns = new(IPAddress.Parse("192.0.2.7"));
        using UdpEcho echo = new();
        (ProxyHost server, int port) = await StartAsync(method);
        using ProxyHost _ = server;
        using ShadowsocksClient local = await ShadowsocksClient.LocalAsync(port, method);
        Assert.Equal("1234 True 192.0.2.7", await PySocks.QueryAsync(local.EndPoint.Port, dns.Port));
        using ShadowsocksClient tunnel = await ShadowsocksClient.TunnelAsync(port, method, echo.Port);
        string answers = await PySocks.RunAsync($"""
            import os, socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(30)
            same = 0
            for _ in range(50):
                sent = os.urandom(1400)
                s.sendto(sent, ('127.0.0.1', {tunnel.EndPoint.Port}))
                same += s.recv(2000) == sent
            print(same)
            """);
        Assert.Equal("50", answers);
    }

    [RequiresTheory(ExternalTool.Curl, ExternalTool.PySocks, ExternalTool.ShadowsocksServer)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_file_of_another_server_and_a_URL_serve_its_clients(bool fromFile)
    {
        const string Method = "aes-256-gcm";
        using HttpOrigin origin = new();
        using DnsServer dns = new(IPAddress.Parse("192.0.2.7"));
        int port = OwnEndPoints.NextPort();
        string file = Path.Combine(_folder.Path, "ss-server.json");
        await File.WriteAllTextAsync(file, $$"""
            {
                "server": "127.0.0.1", "server_port": {{port}}, "method": "{{Method}}", "password": "{{ShadowsocksServer.Password}}",
                "mode": "tcp_and_udp", "timeout": 300, "fast_open": false
            }
            """);
        using ProxyHost server = fromFile ? await ProxyHost.StartAsync("--config", file)
            : await ProxyHost.StartAsync("-L", $"ss://{Method}:{Uri.EscapeDataString(ShadowsocksServer.Password)}@127.0.0.1:{port}");
        using ShadowsocksClient local = await ShadowsocksClient.LocalAsync(port, Method);
        (int exitCode, string hash) = await Curl.HashAsync("-x", $"socks5h://{local.EndPoint}", $"{origin.Url}/bytes/1000000");
        Assert.Equal((0, HttpOrigin.HashOf(1_000_000)), (exitCode, hash));
        Assert.Equal("1234 True 192.0.2.7", await PySocks.QueryAsync(local.EndPoint.Port, dns.Port));
    }

    private async Task<(ProxyHost Server, int Port)> StartAsync(string method)
    {
        // One number for both, which any of two would not be.
        int port = OwnEndPoints.NextPort();
        string file = Path.Combine(_folder.Path, "config.yaml");
        await File.WriteAllTextAsync(file, $$"""
            inbounds:
              - { name: ss, type: shadowsocks, listen: "127.0.0.1:{{port}}", method: {{method}}, password: "{{ShadowsocksServer.Password}}" }
            limits: { connections_per_client: 10000 }
            """);
        return (await ProxyHost.StartAsync("--config", file), port);
    }
}
