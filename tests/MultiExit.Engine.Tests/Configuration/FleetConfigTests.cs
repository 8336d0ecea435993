using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The key <c>fleet</c>.</summary>
public sealed class FleetConfigTests
{
    private const string Rest = "name: prod, node: edge-1";

    [Theory]
    [InlineData("postgres://node@db.example/fleet", "db.example", 5432)]
    [InlineData("postgres://node@db.example:6000/fleet", "db.example", 6000)]
    [InlineData("postgres://node@192.0.2.1/fleet", "192.0.2.1", 5432)]
    [InlineData("postgres://node@[2001:db8::1]:6000/fleet", "2001:db8::1", 6000)]
    [InlineData("postgres://node@/fleet?host=/run/postgresql", "/run/postgresql", 5432)]
    [InlineData("postgres://node@/fleet?host=/run/postgresql&port=6000", "/run/postgresql", 6000)]
    public void A_store_is_read_and_shown_as_it_was_written(string text, string host, int port)
    {
        FleetConfig fleet = ConfigAssert.Valid($"{ConfigAssert.Inbound}fleet: {{ store: \"{text}\", {Rest}, labels: [eu, edge], password: pw }}").Fleet!;
        Assert.Equal(new StoreAddress("node", host, port, "fleet"), fleet.Store);
        Assert.Equal(text, fleet.Store.ToString());
        Assert.Equal(("prod", "edge-1", "eu edge"), (fleet.Name, fleet.Node, string.Join(' ', fleet.Labels)));
        Assert.DoesNotContain("pw", fleet.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Records_are_shared_only_where_some_are_kept()
    {
        string fleet = $"{ConfigAssert.Inbound}fleet: {{ store: \"postgres://node@db.example/fleet\", {Rest}, records: true }}";
        ConfigError error = Assert.Single(ConfigAssert.Errors(fleet));
        Assert.Equal("fleet", error.Path);
        Assert.Contains("expected `records` beside it", error.Message, StringComparison.Ordinal);
        GatewayConfig valid = ConfigAssert.Valid($"{fleet}\nrecords: {{ path: /var/lib/multiexit/records.db }}");
        Assert.True(valid.Fleet!.Records);
        Assert.Contains(FleetConfig.NoRecords, Assert.Single((valid with { Records = null }).FindProblems()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", FleetOutage.Allow)]
    [InlineData(", on_outage: allow", FleetOutage.Allow)]
    [InlineData(", on_outage: refuse", FleetOutage.Refuse)]
    public void What_counts_during_an_outage_is_read(string keys, FleetOutage outage) =>
        Assert.Equal(outage, ConfigAssert.Valid(
            $"{ConfigAssert.Inbound}fleet: {{ store: \"postgres://node@db.example/fleet\", {Rest}{keys} }}").Fleet!.OnOutage);

    [Theory]
    [InlineData("", FleetReplay.Local)]
    [InlineData(", replay: local", FleetReplay.Local)]
    [InlineData(", replay: shared", FleetReplay.Shared)]
    public void Who_remembers_handshakes_is_read(string keys, FleetReplay replay) =>
        Assert.Equal(replay, ConfigAssert.Valid(
            $"{ConfigAssert.Inbound}fleet: {{ store: \"postgres://node@db.example/fleet\", {Rest}{keys} }}").Fleet!.Replay);

    [Theory]
    [InlineData("postgres://node:hunter2@db.example/fleet")]
    [InlineData("postgres://db.example/fleet")]
    [InlineData("postgres://node@db.example")]
    [InlineData("postgres://node@db.example/")]
    [InlineData("postgres://node@/fleet")]
    [InlineData("postgres://node@/fleet?host=relative")]
    [InlineData("postgres://node@/fleet?host=/a&host=/b")]
    [InlineData("postgres://node@/fleet?host=/a;Password=x")]
    [InlineData("postgres://node@db.example/fleet?sslmode=disable")]
    [InlineData("postgres://node@a,b/fleet")]
    [InlineData("postgres://node@db.example:0/fleet")]
    [InlineData("postgres://node@db.example:65536/fleet")]
    [InlineData("postgres://node@db.example:/fleet")]
    [InlineData("postgres://node@[db.example]/fleet")]
    [InlineData("postgres://node@[2001:db8::1/fleet")]
    [InlineData("postgres://node@:5432/fleet")]
    [InlineData("postgres://no;de@db.example/fleet")]
    [InlineData("mysql://node@db.example/fleet")]
    public void Another_store_is_refused_and_not_shown(string text)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{ConfigAssert.Inbound}fleet: {{ store: \"{text}\", {Rest} }}"));
        Assert.Equal("fleet.store", error.Path);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("expected postgres://user@host[:port]/database", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name: \"a b\", node: n", "fleet.name")]
    [InlineData("name: f, node: \"n'; --\"", "fleet.node")]
    [InlineData("name: f", "fleet.node")]
    [InlineData("name: f, node: n, labels: [\"a,b\"]", "fleet.labels[0]")]
    [InlineData("name: f, node: n, labels: [a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a]", "fleet.labels")]
    [InlineData("name: f, node: n, ca: nowhere.pem", "fleet.ca")]
    [InlineData("name: f, node: n, on_outage: deny", "fleet.on_outage")]
    [InlineData("name: f, node: n, replay: true", "fleet.replay")]
    public void Each_of_its_keys_is_checked(string rest, string path)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{ConfigAssert.Inbound}fleet: {{ store: \"postgres://node@db.example/fleet\", {rest} }}"));
        Assert.Equal(path, error.Path);
    }
}
