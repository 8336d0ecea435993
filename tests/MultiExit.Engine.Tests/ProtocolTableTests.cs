using System.Net;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Tests;

/// <summary>The two halves of the table of protocols: a protocol with one half cannot be read, or cannot be run.</summary>
public sealed class ProtocolTableTests
{
    private static readonly ProtocolTable Product = ProtocolTable.Product;

    [Fact]
    public void Every_record_of_an_inbound_has_a_line_in_both_halves()
    {
        Type[] records = Records<InboundConfig>();
        Assert.Equal(records, Product.Schema.Inbounds.Select(line => line.Record).OrderBy(type => type.Name, StringComparer.Ordinal));
        Assert.Equal(records, Product.Inbounds.Select(line => line.Record).OrderBy(type => type.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_record_of_an_exit_has_a_line_in_both_halves()
    {
        Type[] records = Records<ExitConfig>();
        Assert.Equal(records, Product.Schema.Exits.Select(line => line.Record).OrderBy(type => type.Name, StringComparer.Ordinal));
        Assert.Equal(records, Product.Exits.Select(line => line.Record).OrderBy(type => type.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void The_word_of_a_line_is_the_type_of_its_record()
    {
        Assert.All(Product.Schema.Inbounds, line => Assert.Equal(line.Word, Blank<InboundConfig>(line.Record).Type));
        Assert.All(Product.Schema.Exits, line => Assert.Equal(line.Word, Blank<ExitConfig>(line.Record).Type));
    }

    [Fact]
    public void A_line_says_whether_clients_log_in_with_a_password()
    {
        Assert.All(Product.Schema.Inbounds, line => Assert.Equal(line.HasUsers, InboundTypes.HasUsers(line.Word)));
        Assert.All(Product.Schema.Exits, line => Assert.Equal(line.HasLogin, Blank<ExitConfig>(line.Record).WithLogin("u", new Secret("p")) is not null));
    }

    [Fact]
    public void No_scheme_of_a_url_stands_for_two_types()
    {
        string[] names = [.. Product.Schema.Inbounds.SelectMany(line => line.Urls).Concat(Product.Schema.Exits.SelectMany(line => line.Urls))
            .SelectMany(urls => urls.Names)];
        Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task A_record_without_a_line_is_refused_by_the_server()
    {
        ProtocolTable none = new(ConfigSchema.Product, [], []);
        GatewayConfig config = new() { Inbounds = [new Socks5InboundConfig { Name = "in", Listen = new IPEndPoint(IPAddress.Loopback, 0) }] };
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => GatewayServer.StartAsync(
            config, new GatewayOptions { Protocols = none }, TestContext.Current.CancellationToken));
        Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
        Assert.Equal("inbound in: this server has no protocol of the type socks5", refused.Message);
    }

    private static Type[] Records<T>() =>
        [.. typeof(GatewayServer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(T)) && !type.IsAbstract)
            .OrderBy(type => type.Name, StringComparer.Ordinal)];

    private static T Blank<T>(Type record) => (T)RuntimeHelpers.GetUninitializedObject(record);
}
