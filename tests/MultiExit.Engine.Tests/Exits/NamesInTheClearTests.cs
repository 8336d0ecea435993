using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Tests.Exits;

public sealed class NamesInTheClearTests
{
    private static readonly DohConfig Doh = new() { Url = new("https://192.0.2.53/dns-query") };
    private static readonly EchTunnelExitConfig Exit = new()
    {
        Name = "far", Server = Name("hidden.example"), Tls = new TlsClientConfig { Ech = new EchClientConfig { Doh = Doh } },
    };

    [Fact]
    public void A_name_that_the_systems_resolver_asks_for_is_found()
    {
        Assert.Equal([("far", "hidden.example")], Find(Exit));
        Assert.Equal([("far", "hidden.example")], Find(new Socks5ExitConfig { Name = "far", Server = Exit.Server, Tls = Exit.Tls }));
        TunnelExitConfig tunnel = new() { Name = "far", Server = Exit.Server, Key = new Secret("a-key"), Ech = Exit.Tls!.Ech, Via = "wan" };
        Assert.Equal([("far", "hidden.example")], Find(tunnel));
    }

    [Fact]
    public void Names_that_nobody_asks_for_in_the_clear_are_not()
    {
        Assert.Empty(Find(Exit with { Tls = new TlsClientConfig() }));
        Assert.Empty(Find(Exit with { Addresses = [IPAddress.Loopback] }));
        Assert.Empty(Find(Exit with { Server = Name("front.example"), Tls = Exit.Tls! with { ServerName = "hidden.example" } }));
        Assert.Empty(Find(Exit with { Via = "corp" }));
        Assert.Empty(NamesInTheClear.Find(new GatewayConfig { Exits = [Exit], Dns = new DnsConfig { Doh = Doh } }));
    }

    private static IEnumerable<(string Exit, string Name)> Find(ExitConfig exit) => NamesInTheClear.Find(new GatewayConfig
    {
        Exits = [exit, new DirectExitConfig { Name = "wan" }, new Socks5ExitConfig { Name = "corp", Server = Name("corp.example") }],
    });

    private static Destination Name(string host) => Destination.TryFromHost(host, 443, out Destination? name) ? name : throw new ArgumentException(host);
}
