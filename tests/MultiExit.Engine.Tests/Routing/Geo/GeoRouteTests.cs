using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing.Geo;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Routing.Geo;

/// <summary>Rules on countries and autonomous systems.</summary>
public sealed class GeoRouteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GeoRouteTests()
    {
        MmdbFile.Write(_folder["country.mmdb"], "Test-Country", Country("198.51.100.0/24", "DE"), Country("2001:db8:1::/48", "AT"));
        MmdbFile.Write(_folder["asn.mmdb"], "Test-ASN", ("198.51.100.0/25", new() { ["autonomous_system_number"] = 64500u }));
    }

    [Theory]
    [InlineData("198.51.100.7:443", "rule 1", "")]
    [InlineData("[::ffff:198.51.100.7]:443", "rule 1", "")]
    [InlineData("198.51.100.200:443", "rule 2", "asns: 198.51.100.200 is in no known system")]
    [InlineData("[2001:db8:1::9]:443", "rule 2", "asns: 2001:db8:1::9 is in no known system")]
    [InlineData("203.0.113.9:443", "default", "asns: 203.0.113.9 is in no known system")]
    public async Task A_rule_asks_for_the_country_and_the_system_of_an_address(string destination, string rule, string first)
    {
        RouteExplanation told = await ConfigRoutes(destination);
        Assert.Equal((rule, first), (told.Rule is { } taken ? $"rule {taken.Number}" : "default", told.Rules[0].Reason));
        if (rule == "default") Assert.Equal("countries: 203.0.113.9 is in no known country", told.Rules[1].Reason);
    }

    [Fact]
    public void A_database_that_changes_is_read_again_and_a_faulty_one_is_not_taken()
    {
        GeoDatabase database = new(_folder["country.mmdb"]);
        database.Open();
        IPAddress address = IPAddress.Parse("198.51.100.7");
        using EngineLog log = new(LogFactory.Create(new LoggingConfig(), console: false, new MemoryLog()));
        File.WriteAllText(database.Path, "no database, and longer than the one before was so that it looks another way");
        database.Look(log);
        Assert.Equal(("is no MaxMind DB", "DE"), (database.Problem, database.Find(address)?.Country));
        MmdbFile.Write(database.Path, "Test-Country", Country("198.51.100.0/24", "FR"));
        database.Look(log);
        Assert.Equal((null, "FR"), (database.Problem, database.Find(address)?.Country));
        File.Delete(database.Path);
        database.Look(log);
        Assert.Equal("FR", database.Find(address)?.Country);
    }

    [Fact]
    public void A_rule_needs_the_database_that_it_asks()
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{ConfigAssert.Inbound}routes: [{{ not: {{ countries: [DE] }}, exit: block }}]"));
        Assert.Equal(("routes[0]", "has `countries`, and `geoip.country` does not say which file knows them"), (error.Path, error.Message));
        error = Assert.Single(ConfigAssert.Errors($"{ConfigAssert.Inbound}routes: [{{ asns: [1], exit: block }}]"));
        Assert.Equal("has `asns`, and `geoip.asn` does not say which file knows them", error.Message);
    }

    [Theory]
    [InlineData("countries: [Germany]", "expected a country by ISO 3166-1 such as DE, found \"Germany\"")]
    [InlineData("asns: [AS]", "expected the number of an autonomous system such as 64500 or AS64500, found \"AS\"")]
    [InlineData("asns: [0]", "expected the number of an autonomous system such as 64500 or AS64500, found \"0\"")]
    public void A_country_or_system_that_cannot_be_is_refused(string rule, string problem) =>
        Assert.Contains(ConfigAssert.Errors($"{ConfigAssert.Inbound}routes: [{{ {rule}, exit: block }}]"), error => error.Message == problem);

    [Fact]
    public async Task A_file_that_is_no_database_refuses_the_start()
    {
        File.WriteAllText(_folder["asn.mmdb"], "no database");
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(
            () => TestGateway.StartAsync(TestGateway.Mixed() with { GeoIp = new GeoIpConfig { Asn = _folder["asn.mmdb"] } }));
        Assert.Equal($"the database {_folder["asn.mmdb"]} is no MaxMind DB", refused.Message);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<RouteExplanation> ConfigRoutes(string destination)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed() with
        {
            GeoIp = new GeoIpConfig { Country = _folder["country.mmdb"], Asn = _folder["asn.mmdb"] },
            Routes = [new RouteConfig { Asns = [64500], Exit = "block" }, new RouteConfig { Countries = ["DE", "AT"], Exit = "block" }],
        });
        Assert.True(Destination.TryParse(destination, -1, out Destination? target));
        return await gateway.Server.ExplainRouteAsync(new RouteQuery { Destination = target, Client = IPAddress.Loopback });
    }

    private static (string, Dictionary<string, object>) Country(string network, string code) =>
        (network, new() { ["country"] = new Dictionary<string, object> { ["iso_code"] = code } });
}
