using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Exits.Socks5;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

public sealed class ExitFactoryTests
{
    [Fact]
    public void A_group_knows_how_patient_its_members_are()
    {
        TimeSpan patience = TimeSpan.FromSeconds(42);
        Destination server = Pools.To("server.example");
        Assert.All(
            (ExitConfig[])[
                new DirectExitConfig { Name = "x", Timeout = patience }, new Socks5ExitConfig { Name = "x", Server = server, Timeout = patience },
                new EchTunnelExitConfig { Name = "x", Server = server, Timeout = patience },
            ],
            exit => Assert.Equal(patience, exit.DialTimeout));
    }

    [Fact]
    public async Task Direct_and_block_always_exist()
    {
        ExitSet exits = Build(new GatewayConfig());
        Assert.IsType<DirectExit>(exits.Get("direct"));
        DialResult blocked = await exits.Get("block").DialAsync(Destination.FromAddress(System.Net.IPAddress.Loopback, 80), new DialContext(), default);
        Assert.Equal(DialFailure.NotAllowed, blocked.Failure);
        Assert.Equal(DialFailure.NotAllowed, (await exits.Get("block").OpenUdpAsync(new DialContext(), default)).Failure);
        Assert.False(exits.TryGet("nowhere", out _));
    }

    [Fact]
    public void Groups_may_refer_to_later_groups()
    {
        ExitSet exits = Build(new GatewayConfig
        {
            Exits = [Direct("wan1")],
            Groups = [Group("outer", "inner", "direct"), Group("inner", "wan1", "block")],
        });
        ExitGroup outer = Assert.IsType<ExitGroup>(exits.Get("outer"));
        Assert.Same(exits.Get("inner"), outer.Members[0].Exit);
        Assert.Same(exits.Get("direct"), outer.Members[1].Exit);
        Assert.Same(exits.Get("wan1"), Assert.IsType<ExitGroup>(outer.Members[0].Exit).Members[0].Exit);
    }

    [Fact]
    public void A_cycle_of_groups_is_refused() => Refused("refers back", new GatewayConfig { Groups = [Group("a", "b"), Group("b", "c"), Group("c", "a")] });

    [Fact]
    public void Chains_may_refer_to_later_exits_and_groups()
    {
        ExitSet exits = Build(new GatewayConfig
        {
            Exits = [Socks("far", "pool"), Socks("near", null), Direct("wan1")],
            Groups = [Group("pool", "near", "wan1")],
        });
        Assert.IsType<Socks5Exit>(exits.Get("far"));
        Assert.Equal(["near", "wan1"], Assert.IsType<ExitGroup>(exits.Get("pool")).Members.Select(member => member.Exit.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void A_chain_that_leads_back_is_refused()
    {
        Refused("refers back", new GatewayConfig { Exits = [Socks("a", "a")] });
        Refused("refers back", new GatewayConfig { Exits = [Socks("a", "pool")], Groups = [Group("pool", "direct", "a")] });
        Refused("nowhere", new GatewayConfig { Exits = [Socks("a", "nowhere")] });
    }

    [Fact]
    public void A_missing_ca_file_is_reported_as_an_unreadable_certificate()
    {
        Socks5ExitConfig config = Socks("a", null) with { Tls = new TlsClientConfig { CaFile = "/nowhere/ca.pem" } };
        Assert.Equal(ProxyError.CertificateUnreadable, Assert.Throws<ProxyException>(() => Build(new GatewayConfig { Exits = [config] })).Reason);
    }

    [Fact]
    public void An_unknown_member_is_refused() => Refused("nowhere", new GatewayConfig { Groups = [Group("a", "nowhere")] });

    [Fact]
    public void An_empty_group_is_refused() => Refused("no exits", new GatewayConfig { Groups = [Group("a")] });

    [Theory]
    [InlineData("direct")]
    [InlineData("block")]
    [InlineData("pool")]
    public void A_name_that_is_taken_is_refused(string name) => Refused(name, new GatewayConfig { Exits = [Direct(name)], Groups = [Group("pool", "direct")] });

    private static void Refused(string expected, GatewayConfig config)
    {
        ProxyException exception = Assert.Throws<ProxyException>(() => Build(config));
        Assert.Equal(ProxyError.InvalidConfiguration, exception.Reason);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private static ExitSet Build(GatewayConfig config) =>
        ExitFactory.Build(config, new PortableTransport(), new FakeResolver(), TimeProvider.System);

    private static Socks5ExitConfig Socks(string name, string? via) =>
        new() { Name = name, Server = Destination.FromAddress(System.Net.IPAddress.Loopback, 1080), Via = via };

    private static DirectExitConfig Direct(string name) => new() { Name = name };

    private static GroupConfig Group(string name, params string[] exits) => new() { Name = name, Exits = exits };
}
