namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Keys of the schema that are not available yet are refused by name, neither ignored nor unknown.</summary>
public sealed class NotYetTests
{
    [Theory]
    [InlineData("exits: [{ name: a, type: socks5, server: \"h:1\", username: u, password: { vault: v } }]", 74, "exits[0].password.vault", "vault")]
    public void A_feature_that_is_not_yet_available_is_refused_by_name(string yaml, int column, string path, string feature)
    {
        bool isInbound = yaml.StartsWith("inbounds", StringComparison.Ordinal);
        ConfigAssert.OneError((isInbound ? "" : ConfigAssert.Inbound) + yaml, isInbound ? 1 : 2, column, path, $"not yet available in this build: {feature}");
    }

    [Fact]
    public void An_unknown_key_beside_it_is_told() => Assert.Equal(
        ["not yet available in this build: vault", "unknown key; did you mean \"groups\"?"],
        ConfigAssert.Errors(ConfigAssert.Inbound +
            "exits: [{ name: a, type: socks5, server: \"h:1\", username: u, password: { vault: v } }]\ngruops: []")
            .Select(error => error.Message));
}
