using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Exits whose address one node of a fleet at a time uses.</summary>
public sealed class LeaseConfigTests
{
    private const string Fleet = "fleet: { store: \"postgres://node@store.example/fleet\", name: prod, node: a }\n";

    [Fact]
    public void It_is_read()
    {
        GatewayConfig config = ConfigAssert.Valid(
            ConfigAssert.Inbound + Fleet
            + "exits: [{ name: wan, type: direct, address: 192.0.2.1, lease: true }, { name: b, type: direct, address: 192.0.2.2 }]");
        Assert.Equal([true, false], config.Exits.Cast<DirectExitConfig>().Select(exit => exit.Lease));
    }

    [Theory]
    [InlineData(Fleet, "{ name: a, type: direct, lease: true }", "there is none")]
    [InlineData(Fleet, "{ name: a, type: direct, addresses: [192.0.2.0/28], lease: true }", "there is none")]
    [InlineData(Fleet, "{ name: a, type: direct, address: inbound, lease: true }", "there is none")]
    [InlineData("", "{ name: a, type: direct, address: 192.0.2.1, lease: true }", "there is no `fleet`")]
    [InlineData(Fleet, "{ name: a, type: direct, address: 192.0.2.1 }, { name: b, type: direct, address: 192.0.2.1, lease: true }",
        "is needed, since the exit b has a lease of the same address")]
    public void One_that_could_not_keep_its_word_is_an_error_at_its_key(string fleet, string exits, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(ConfigAssert.Inbound + fleet + $"exits: [{exits}]"));
        Assert.Equal("exits[0].lease", error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
