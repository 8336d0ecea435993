using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Tests.Configuration;

public sealed class NotifyTests
{
    private const string Inbounds = "inbounds: [{ name: in, type: socks5, listen: \"127.0.0.1:0\" }]\n";

    [Fact]
    public void A_url_and_a_command_are_read()
    {
        const string Notify = """
            notify:
            - { url: "https://hooks.example/x?key=1", token: abc, events: [exit-down, exit-up] }
            - { command: [/usr/bin/page, --team, net] }
            """;
        IReadOnlyList<NotifyConfig> notify = ConfigAssert.Valid(Inbounds + Notify).Notify;
        Assert.Equal("https://hooks.example", notify[0].Target);
        Assert.Equal(["exit-down", "exit-up"], notify[0].Events);
        Assert.NotNull(notify[0].Token);
        Assert.Equal(["/usr/bin/page", "--team", "net"], notify[1].Command);
        Assert.Equal("/usr/bin/page", notify[1].Target);
    }

    [Theory]
    [InlineData("{ events: [exit-down] }", "notify[0]", "expected either `url` or `command`")]
    [InlineData("{ url: \"http://a/\", command: [/b] }", "notify[0]", "expected either `url` or `command`")]
    [InlineData("{ url: \"ftp://secret.example/\" }", "notify[0].url", "expected a URL with http:// or https://")]
    [InlineData("{ command: [page] }", "notify[0].command", "no absolute path")]
    [InlineData("{ command: [/b], token: x }", "notify[0].token", "a token is for a URL")]
    [InlineData("{ url: \"http://a/\", token: \"secret.example\\n\" }", "notify[0].token", "without blanks")]
    [InlineData("{ url: \"http://a/\", token: \"secret.example \u00e9\" }", "notify[0].token", "without blanks")]
    [InlineData("{ command: [/b], events: [exit-gone] }", "notify[0].events[0]", "exit-down")]
    public void A_fault_is_named_without_the_secret(string notify, string path, string message)
    {
        MultiExit.Engine.Errors.ConfigError error = Assert.Single(ConfigAssert.Errors($"{Inbounds}notify: [{notify}]"));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret.example", error.Message, StringComparison.Ordinal);
    }
}
