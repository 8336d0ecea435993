using System.Net;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>The proxy through the eyes of PySocks: TCP with half-close, and UDP ASSOCIATE with a DNS query.</summary>
public sealed class PySocksTests
{
    [RequiresFact(ExternalTool.PySocks)]
    public async Task A_client_that_shuts_down_its_side_gets_all_of_the_answer()
    {
        using HttpOrigin origin = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://alice:pw@127.0.0.1:0");
        string hash = await PySocks.RunAsync($$"""
            import hashlib, socket, socks
            s = socks.socksocket()
            s.set_proxy(socks.SOCKS5, '127.0.0.1', {{proxy.Port}}, username='alice', password='pw')
            s.settimeout(60)
            s.connect(('127.0.0.1', {{origin.EndPoint.Port}}))
            s.sendall(b'GET /bytes/10000000 HTTP/1.1\r\nHost: x\r\n\r\n')
            s.shutdown(socket.SHUT_WR)
            data = b''
            while True:
                part = s.recv(65536)
                if not part: break
                data += part
            print(hashlib.sha256(data.split(b'\r\n\r\n', 1)[1]).hexdigest().upper())
            """);
        Assert.Equal(HttpOrigin.HashOf(10_000_000), hash);
    }

    [RequiresFact(ExternalTool.PySocks)]
    public async Task A_dns_query_goes_through_udp_associate()
    {
        using DnsServer dns = new(IPAddress.Parse("192.0.2.7"));
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "socks5://127.0.0.1:0");
        string answer = await PySocks.QueryAsync(proxy.Port, dns.Port);
        Assert.Equal("1234 True 192.0.2.7", answer);
    }
}
