using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Exits and targets that are inbounds of the same configuration.</summary>
public sealed class OwnLoopTests
{
    private const string Proxy = "inbounds: [ { name: p, type: mixed, listen: \"127.0.0.1:1080\" } ]\n";
    private const string Anywhere = "inbounds: [ { name: p, type: mixed, listen: \"0.0.0.0:1080\" } ]\n";
    private const string Me = "exits: [ { name: me, type: socks5, server: \"127.0.0.1:1080\" } ]\n";
    private const string Two = "inbounds: [ { name: p, type: mixed, listen: \"127.0.0.1:1080\" }, { name: q, type: http, listen: \"127.0.0.1:1081\" } ]\n";
    private const string Other = "exits: [ { name: me, type: http, server: \"127.0.0.1:1081\" } ]\n";

    public static TheoryData<string, string> Certain => new()
    {
        { Proxy + Me + "default: me", "exits[0].server" },
        { Proxy + Me.Replace("127.0.0.1:", "localhost:", StringComparison.Ordinal) + "default: me", "exits[0].server" },
        { Proxy + Me.Replace("127.0.0.1:", "[::ffff:127.0.0.1]:", StringComparison.Ordinal) + "default: me", "exits[0].server" },
        { Anywhere + Me + "default: me", "exits[0].server" },
        { Anywhere.Replace("0.0.0.0", "[::]", StringComparison.Ordinal) + Me + "default: me", "exits[0].server" },
        // In a group of nothing else, and through a group.
        { Proxy + Me + "groups: [ { name: g, exits: [me] } ]\ndefault: g", "exits[0].server" },
        // A rule for all of the inbound comes before the default.
        { Proxy + Me + "routes: [ { inbounds: [p], exit: me } ]", "exits[0].server" },
        // A chain dials its first proxy.
        { Proxy + Me.Replace(" ]", ", { name: far, type: http, server: \"far.example:80\", via: me } ]", StringComparison.Ordinal) + "default: far",
            "exits[0].server" },
        { Two + Other + "default: me", "exits[0].server" },
        { "inbounds: [ { name: f, type: forward, listen: \"127.0.0.1:1080\", target: \"127.0.0.1:1080\" } ]", "inbounds[0].target" },
        { Proxy + "exits: [ { name: me, type: ech-tunnel, server: \"ws://127.0.0.1:1080/\" } ]\ndefault: me", "exits[0].server" },
        { "inbounds: [ { name: t, type: tunnel, listen: \"127.0.0.1:1080\", tls: { self_signed: true }, key: \"0123456789abcdef0123456789abcdef\" } ]\n"
            + "exits: [ { name: me, type: tunnel, server: \"127.0.0.1:1080\", key: \"0123456789abcdef0123456789abcdef\" } ]\ndefault: me", "exits[0].server" },
    };

    public static TheoryData<string> Possible => new()
    {
        Proxy + Me + "default: me\nroutes: [ { domains: [a.example], exit: direct } ]",
        Proxy + Me + "routes: [ { ports: [80], exit: me } ]",
        Proxy + Me + "groups: [ { name: g, exits: [direct, me] } ]\ndefault: g",
        Proxy + Me + "default: me\nroutes: [ { ports: [25], exit: block } ]",
        Two + Other + "default: me\nroutes: [ { inbounds: [q], ports: [443], exit: direct } ]",
    };

    public static TheoryData<string> Meant => new()
    {
        // The second inbound goes out by itself.
        Two + Other + "default: me\nroutes: [ { inbounds: [q], exit: direct } ]",
        Two + Other + "routes: [ { inbounds: [p], exit: me } ]",
        Proxy + Me, // never used
        Proxy + Me.Replace("1080\"", "1081\"", StringComparison.Ordinal) + "default: me",
        Proxy + Me.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal) + "default: me",
        // A loopback address that is reached through another proxy is that proxy's.
        Proxy + "exits: [ { name: me, type: socks5, server: \"127.0.0.1:1080\", via: far }, { name: far, type: http, server: \"far.example:80\" } ]"
        + "\ndefault: me",
        // A rule for users can match no request where there are no users.
        "inbounds: [ { name: p, type: mixed, listen: \"127.0.0.1:1080\" }, "
        + "{ name: u, type: mixed, listen: \"127.0.0.1:1081\", users: { a: { password: b } } } ]\n"
            + Me + "routes: [ { users: [a], exit: me } ]",
    };

    [Theory]
    [MemberData(nameof(Certain))]
    public void A_configuration_in_which_every_request_goes_round_is_refused(string text, string path)
    {
        ConfigError error = Assert.Single(ConfigLoader.Parse(text).Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains("every request would go round without an end", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Possible))]
    public void One_in_which_rules_decide_is_valid_and_warned_of(string text)
    {
        OwnLoop loop = Assert.Single(LoopsOf(text));
        Assert.Equal(("exits[0].server", false), (loop.Path, loop.IsCertain));
    }

    [Theory]
    [MemberData(nameof(Meant))]
    public void A_chain_over_loopback_that_ends_is_nothing_to_tell_of(string text) => Assert.Empty(LoopsOf(text));

    [Fact]
    public void An_address_of_the_host_leads_to_a_listener_on_all_of_them()
    {
        string text = Anywhere + Me.Replace("127.0.0.1", "192.0.2.7", StringComparison.Ordinal) + "default: me";
        Assert.Empty(LoopsOf(text));
        Assert.True(Assert.Single(LoopsOf(text, IPAddress.Parse("192.0.2.7"))).IsCertain);
    }

    private static IReadOnlyList<OwnLoop> LoopsOf(string text, IPAddress? own = null)
    {
        ConfigResult result = ConfigLoader.Parse(text);
        Assert.Empty(result.Errors);
        return OwnLoops.Find(result.Config!, address => address.Equals(own));
    }
}
