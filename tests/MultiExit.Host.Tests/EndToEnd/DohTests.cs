using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Names and ECH configs from a real resolver.</summary>
public sealed class DohTests
{
    private static readonly EchKey Key = EchKey.Create("public.example");

    private static readonly string Zone =
        $"""
        www A 127.0.0.1
        www AAAA ::1
        www HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1 ech="{Key.ConfigList}"
        alias HTTPS 0 www.example.
        name CNAME www.example.
        plain HTTPS 1 . alpn=h2
        circle HTTPS 0 circle.example.
        only4 A 192.0.2.4
        strange HTTPS 1 . mandatory=key667 ech="{Key.ConfigList}" key667=x

        """;

    [RequiresFact(ExternalTool.Named)]
    public async Task Configs_come_over_IPv4_and_IPv6()
    {
        using BindServer bind = await BindServer.StartAsync(Zone);
        foreach (IPAddress address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            EchQueryResult result = await QueryAsync("www.example", bind.Config(address));
            Assert.Null(result.Failure);
            EchServiceRecord record = Assert.Single(result.Records);
            Assert.Equal(Key.Config.Encoded.ToArray(), record.Configs!.Usable!.Encoded.ToArray());
            Assert.Equal(["h2", "h3"], record.Alpn);
            Assert.Equal((8443, "192.0.2.1", "2001:db8::1"), (record.Port, record.Ipv4Hints[0].ToString(), record.Ipv6Hints[0].ToString()));
        }
        // An address in the URL, in brackets.
        DohConfig literal = new() { Url = new($"https://[::1]:{bind.Port}/dns-query"), CaFile = bind.CaFile };
        Assert.Null((await QueryAsync("www.example", literal)).Failure);
    }

    [RequiresFact(ExternalTool.Named)]
    public async Task What_is_not_there_is_told()
    {
        using BindServer bind = await BindServer.StartAsync(Zone);
        DohConfig doh = bind.Config(IPAddress.Loopback);
        Assert.Single((await QueryAsync("alias.example", doh)).Records);
        Assert.Single((await QueryAsync("name.example", doh)).Records);
        Assert.False(Assert.Single((await QueryAsync("plain.example", doh)).Records).HasEch);
        Assert.Equal(667, Assert.Single((await QueryAsync("strange.example", doh)).Records).UnknownMandatory);
        await AssertFailureAsync("only4.example", doh, DnsStatus.NoRecord, "only4.example has no HTTPS record");
        await AssertFailureAsync("gone.example", doh, DnsStatus.NoSuchName, "the name gone.example does not exist");
        await AssertFailureAsync("circle.example", doh, DnsStatus.BadAnswer, "the HTTPS record of circle.example leads through more than 8 aliases");
        await AssertFailureAsync("www.elsewhere", doh, DnsStatus.BadAnswer, "the resolver answers Refused for www.elsewhere");
        await AssertFailureAsync("www.example", doh with { Url = new($"https://{BindServer.Host}:{bind.Port}/other") }, DnsStatus.BadAnswer,
            $"the resolver https://{BindServer.Host}:{bind.Port}/other answers with the HTTP status 404");
        EchQueryResult untrusted = await QueryAsync("www.example", doh with { CaFile = null });
        Assert.Equal(DnsStatus.Unreachable, untrusted.Status);
        Assert.Contains("certificate", untrusted.Failure, StringComparison.Ordinal);
        EchQueryResult other = await QueryAsync("www.example", doh with { Url = new($"https://other.test:{bind.Port}/dns-query") });
        Assert.Contains("RemoteCertificateNameMismatch", other.Failure, StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Named)]
    public async Task Without_its_resolver_a_source_fails_closed()
    {
        await using PortableTransport transport = new();
        using BindServer bind = await BindServer.StartAsync(Zone);
        TimeProvider time = TimeProvider.System;
        DnsCache Records(DohConfig doh) => new(new DohClient(doh, transport, new SystemNameResolver(time), time), time);
        IEchConfigSource source = EchConfigSources.Create(
            new EchClientConfig { Name = "www.example" }, new DnsConfig { Doh = bind.Config(IPAddress.Loopback) }, "hidden.example", 8443, Records);
        Assert.Equal("public.example", (await source.GetAsync(default).AsTask().WaitAsync(HostProcess.Limit)).Config?.PublicName);
        bind.Stop();
        IEchConfigSource another = EchConfigSources.Create(
            new EchClientConfig { Doh = bind.Config(IPAddress.Loopback) }, new DnsConfig(), "www.example", 443, Records);
        Assert.Equal($"no ECH config: the resolver https://{BindServer.Host}:{bind.Port}/dns-query cannot be reached: Connection refused",
            (await another.GetAsync(default).AsTask().WaitAsync(HostProcess.Limit)).Failure);
        // An answer holds until it expires.
        Assert.True((await source.GetAsync(default).AsTask().WaitAsync(HostProcess.Limit)).Succeeded);
    }

    [RequiresFact(ExternalTool.Named)]
    public async Task A_server_resolves_names_over_https()
    {
        using BindServer bind = await BindServer.StartAsync(Zone);
        using HttpOrigin origin = new();
        using TemporaryFile config = new(
            $$"""
            inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]
            dns: { doh: "https://{{BindServer.Host}}:{{bind.Port}}/dns-query", bootstrap: 127.0.0.1, ca: {{bind.CaFile}}, prefer: ipv4 }
            """);
        using ProxyHost proxy = await ProxyHost.StartAsync("--config", config.Path);
        Assert.Equal((0, HttpOrigin.HashOf(1000)), await Curl.HashAsync(
            "--proxy", "socks5h://" + proxy.Address, $"http://name.example:{origin.EndPoint.Port}/bytes/1000"));
        (int exitCode, _, string error) = await Curl.RunAsync("--proxy", "socks5h://" + proxy.Address, "http://gone.example/");
        Assert.Equal(97, exitCode);
        Assert.Contains("(4)", error, StringComparison.Ordinal); // RFC 1928 section 6: host unreachable
    }

    private static async Task<EchQueryResult> QueryAsync(string name, DohConfig doh) =>
        await EchConfigQuery.LookUpAsync(name, doh).WaitAsync(HostProcess.Limit);

    private static async Task AssertFailureAsync(string name, DohConfig doh, DnsStatus status, string failure)
    {
        EchQueryResult result = await QueryAsync(name, doh);
        Assert.Equal((status, failure), (result.Status, result.Failure));
    }
}
