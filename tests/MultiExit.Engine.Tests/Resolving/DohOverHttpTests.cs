using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;
using static MultiExit.Engine.Tests.Protocols.Dns.DnsBytes;

namespace MultiExit.Engine.Tests.Resolving;

/// <summary>The resolver of a command line of ech-tunnel, asked over plain HTTP.</summary>
public sealed class DohOverHttpTests
{
    private const int EchParameter = 5;

    [Fact]
    public async Task A_config_is_looked_up_there()
    {
        using ScriptedOrigin resolver = new();
        EchTunnelParameters letters = new() { Doh = $"http://{resolver.EndPoint}/dns-query", EchName = "www.example" };
        ConfigResult command = ConfigLoader.FromUrls([], "wss://server.example/tunnel", letters);
        Assert.Empty(command.Errors);
        EchClientConfig ech = ((EchTunnelExitConfig)command.Config!.Exits[0]).Tls!.Ech!;
        await using PortableTransport transport = new();
        IEchConfigSource source = EchConfigSources.Create(ech, new DnsConfig(), "server.example", 443,
            doh => new DnsCache(new DohClient(doh, transport, new SystemNameResolver(TimeProvider.System), TimeProvider.System), TimeProvider.System));

        Task<EchConfigResult> looking = source.GetAsync(default).AsTask();
        using TextPeer asked = await resolver.AcceptedAsync();
        string head = await asked.ReadHeadAsync();
        Assert.StartsWith("GET /dns-query?dns=", head, StringComparison.Ordinal);
        Assert.Contains(" HTTP/1.1\r\n", head, StringComparison.Ordinal);
        byte[] list = Convert.FromBase64String(EchKey.Create("public.example").ConfigList);
        byte[] answer = Response("www.example", DnsType.Https, [Record(Asked, DnsType.Https, 60, Https(1, "", (EchParameter, list)))]);
        await asked.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: {answer.Length}\r\n\r\n");
        await asked.Stream.WriteAsync(answer);
        EchConfigResult found = await looking.WaitAsync(TestTransports.Patience);
        Assert.Equal("public.example", found.Config?.PublicName);
    }
}
