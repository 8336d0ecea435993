using System.Net;
using System.Security.Cryptography;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Exits through the server of shadowsocks-libev.</summary>
public sealed class ShadowsocksTests : IDisposable
{
    private const int Length = 30_000_000;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Methods => ["aes-128-gcm", "aes-256-gcm", "chacha20-ietf-poly1305"];

    public void Dispose() => _folder.Dispose();

    [RequiresTheory(ExternalTool.PySocks, ExternalTool.ShadowsocksServer)]
    [MemberData(nameof(Methods))]
    public async Task Bytes_go_there_and_back_whole(string method)
    {
        using EchoServer target = new();
        using ShadowsocksServer server = await ShadowsocksServer.StartAsync(method);
        using ProxyHost proxy = await StartAsync(server.EndPoint, method);
        // Without half-close: this server ends both directions with the first one.
        string hash = await PySocks.RunAsync($"""
            import hashlib, socket, socks, threading
            s = socks.socksocket()
            s.set_proxy(socks.SOCKS5, '127.0.0.1', {proxy.Port})
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
    public async Task Datagrams_go_there_and_back(string method)
    {
        using DnsServer dns = new(IPAddress.Parse("192.0.2.7"));
        using ShadowsocksServer server = await ShadowsocksServer.StartAsync(method);
        using ProxyHost proxy = await StartAsync(server.EndPoint, method);
        Assert.Equal("1234 True 192.0.2.7", await PySocks.QueryAsync(proxy.Port, dns.Port));
    }

    [RequiresFact(ExternalTool.PySocks, ExternalTool.ShadowsocksServer)]
    public async Task With_another_password_nothing_comes_back()
    {
        using EchoServer target = new();
        using ShadowsocksServer server = await ShadowsocksServer.StartAsync("aes-256-gcm");
        using ProxyHost proxy = await StartAsync(server.EndPoint, "aes-256-gcm", "another password");
        string came = await PySocks.RunAsync($"""
            import socket, socks
            s = socks.socksocket()
            s.set_proxy(socks.SOCKS5, '127.0.0.1', {proxy.Port})
            s.settimeout(2)
            s.connect(('127.0.0.1', {target.EndPoint.Port}))
            s.sendall(b'hello')
            try: print(len(s.recv(100)))
            except OSError: print(0)
            """);
        Assert.Equal("0", came);
    }

    private Task<ProxyHost> StartAsync(IPEndPoint server, string method, string password = ShadowsocksServer.Password)
    {
        string file = Path.Combine(_folder.Path, "config.yaml");
        File.WriteAllText(file, $$"""
            inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:0" }]
            exits: [{ name: ss, type: shadowsocks, server: "{{server}}", method: {{method}}, password: "{{password}}" }]
            default: ss
            """);
        return ProxyHost.StartAsync("--config", file);
    }
}
