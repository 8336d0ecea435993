namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Keys of the schema that later work brings are refused by name, neither ignored nor unknown.</summary>
public sealed class NotYetTests
{
    [Theory]
    [InlineData("inbounds: [{ name: a, type: ech-tunnel, listen: \":443\", path: /t, token: t, allow: [10.0.0.0/8], tls: { self_signed: true } }]", 29, "inbounds[0].type", "ech-tunnel")]
    [InlineData("exits: [{ name: a, type: ech-tunnel, server: \"wss://h/\", token: t, carriers: 3, ech: {} }]", 26, "exits[0].type", "ech-tunnel")]
    [InlineData("exits: [{ name: a, type: socks5, server: \"h:1\", username: u, password: { vault: v } }]", 74, "exits[0].password.vault", "vault")]
    [InlineData("control: { socket: /run/x.sock }", 1, "control", "control")]
    [InlineData("history: { directory: /var/x, keep: 50 }", 1, "history", "history")]
    public void Is_refused_by_name(string yaml, int column, string path, string feature)
    {
        bool isInbound = yaml.StartsWith("inbounds", StringComparison.Ordinal);
        ConfigAssert.OneError((isInbound ? "" : ConfigAssert.Inbound) + yaml, isInbound ? 1 : 2, column, path, $"not yet available in this build: {feature}");
    }

    [Fact]
    public void What_is_not_yet_there_still_counts_as_a_name() => ConfigAssert.OneError(
        ConfigAssert.Inbound + "exits: [{ name: hub, type: ech-tunnel, server: \"h:1\" }]\ndefault: hub",
        2, 28, "exits[0].type", "not yet available in this build: ech-tunnel");

    [Fact]
    public void An_unknown_key_beside_it_is_told() => Assert.Equal(
        ["not yet available in this build: ech-tunnel", "unknown key; did you mean \"allow\"?"],
        ConfigAssert.Errors("inbounds: [{ name: a, type: ech-tunnel, listen: \":443\", alow: true }]").Select(error => error.Message));
}
