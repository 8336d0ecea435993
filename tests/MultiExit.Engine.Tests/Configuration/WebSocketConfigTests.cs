using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

public sealed class WebSocketConfigTests
{
    [Fact]
    public void Every_key_of_an_inbound_is_read()
    {
        GatewayConfig config = ConfigAssert.Valid(
            "inbounds: [{ name: a, type: websocket, listen: \":8082\", users: { \"b:c\": { password: p } }, tls: { self_signed: true }, "
            + "ping_interval: 10s, ping_timeout: 3s, true_answers: true }]\n"
            + "routes: [{ users: [\"b:c\"], exit: block }]");
        WebSocketInboundConfig inbound = Assert.IsType<WebSocketInboundConfig>(Assert.Single(config.Inbounds));
        Assert.Equal((new IPEndPoint(IPAddress.IPv6Any, 8082), true), (inbound.Listen, inbound.Tls is not null));
        Assert.Equal(new UserConfig("b:c", new Secret("p")), Assert.Single(inbound.Users));
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3), true), (inbound.Ping.Interval, inbound.Ping.Timeout, inbound.TrueAnswers));
    }

    [Theory]
    [InlineData("https://app.example", "https://app.example")]
    [InlineData("[\"https://app.example:8443\", \"http://[::1]:8080\", \"chrome-extension://abc\"]",
        "https://app.example:8443 http://[::1]:8080 chrome-extension://abc")]
    [InlineData("\"*\"", "*")]
    public void Origins_are_what_browsers_send(string keys, string origins)
    {
        GatewayConfig config = ConfigAssert.Valid(
            $"inbounds: [{{ name: a, type: websocket, listen: \":1\", origins: {keys} }}, {{ name: b, type: ech-tunnel, listen: \":2\", origins: {keys} }}]");
        Assert.All(config.Inbounds, inbound => Assert.Equal(origins, string.Join(' ', inbound.PageOrigins)));
    }

    [Theory]
    [InlineData("https://app.example/", "ends with a slash, which browsers do not send")]
    [InlineData("https://app.example:443", "names the scheme's own port, which browsers leave out")]
    [InlineData("http://app.example:80", "names the scheme's own port, which browsers leave out")]
    [InlineData("https://app.example:0", "has no port from 1 to 65535 behind the colon")]
    [InlineData("https://app.example:https", "has no port from 1 to 65535 behind the colon")]
    [InlineData("https://app.example/x", "is no origin")]
    [InlineData("https://b\u00fccher.example", "is no origin")]
    [InlineData("https://*.example", "is no origin")]
    [InlineData("https://u@app.example", "is no origin")]
    [InlineData("app.example", "is no origin")]
    [InlineData("null", "is no origin")]
    public void An_origin_that_no_browser_sends_is_an_error_in_a_file_and_in_code(string origin, string problem)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"inbounds: [{{ name: a, type: websocket, listen: \":1\", origins: \"{origin}\" }}]"));
        Assert.Contains($"\" {problem}", error.Message, StringComparison.Ordinal); // a part that may be a password is not shown
        List<string> problems = [];
        new WebSocketInboundConfig { Name = "a", Listen = new IPEndPoint(IPAddress.Any, 1), Origins = [origin] }.Check(new ValueCheck("inbounds[0]", problems));
        Assert.Equal($"inbounds[0].origins: {error.Message}", Assert.Single(problems));
    }

    [Fact]
    public void Every_key_of_an_exit_is_read()
    {
        WebSocketExitConfig exit = Exit("server: \"wss://ws.example/p%20q/r\", username: bob, password: p, retries: 2, timeout: 4s, "
            + "tls: { sni: a.example }, reply_wait: 300ms, linger: 0s, ping_interval: 5s");
        Assert.Equal(("ws.example:443", "/p%20q/r", "bob", 2), (exit.Server.ToString(), exit.Path, exit.Username, exit.Retries));
        Assert.Equal(("a.example", TimeSpan.FromMilliseconds(300), TimeSpan.Zero), (exit.Tls!.ServerName, exit.ReplyWait, exit.Linger));
        Assert.Equal(TimeSpan.FromSeconds(10), Exit("server: \"ws://h\"").Linger);
        // The time-out follows an interval that is shorter than its default.
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)), (exit.Ping.Interval, exit.Ping.Timeout));
    }

    [Theory]
    [InlineData("server: \"ws://h\"", "h:80", false)]
    [InlineData("server: \"wss://h\"", "h:443", true)]
    [InlineData("server: \"ws+tls://h:1\"", "h:1", true)]
    [InlineData("server: \"h:1\"", "h:1", false)]
    [InlineData("server: \"h:1\", tls: true", "h:1", true)]
    [InlineData("server: \"wss://[2001:db8::1]:8443/x\"", "[2001:db8::1]:8443", true)]
    public void A_server_is_read_in_every_form(string keys, string server, bool tls)
    {
        WebSocketExitConfig exit = Exit(keys);
        Assert.Equal((server, tls), (exit.Server.ToString(), exit.Tls is not null));
    }

    [Theory]
    [InlineData("server: \"http://h\"", "server", "the URL has a scheme that is not for a websocket exit; expected ws:// or wss://")]
    [InlineData("server: \"ws://h/\u00e4\"", "server", "the URL has a path that is not ASCII; write it percent-encoded")]
    [InlineData("server: \"wss://h\", tls: false", "tls", "false, but the scheme in `server` asks for TLS; expected one or the other")]
    [InlineData("server: \"h:1\", username: b, password: \"p\\r\\nX-Proxy-Target-Host: evil\"", "password",
        "a password that goes into a request field has no control characters and no blanks at its ends")]
    [InlineData("server: \"h:1\", username: b, password: \" p\"", "password",
        "a password that goes into a request field has no control characters and no blanks at its ends")]
    [InlineData("server: \"h:1\", username: \" b\", password: p", "username", "a user's name that goes into a request field has no blanks at its ends")]
    [InlineData("server: \"h:1\", ping_interval: 1s, ping_timeout: 2s", "ping_timeout",
        "ping_timeout (2s) is longer than ping_interval (1s); expected at most that")]
    [InlineData("server: \"h:1\", linger: 2h", "linger", "\"2h\" is out of range; expected 0s to 1h")]
    [InlineData("server: \"h:1\", reply_wait: 1h", "reply_wait", "\"1h\" is out of range; expected 0s to 30s")]
    public void A_faulty_exit_is_an_error_at_its_key(string keys, string path, string message) => Assert.Equal(
        ($"exits[0].{path}", message),
        ConfigAssert.Errors($"{ConfigAssert.Inbound}exits: [{{ name: e, type: websocket, {keys} }}]").Select(error => (error.Path, error.Message)).Single());

    private static WebSocketExitConfig Exit(string keys) =>
        Assert.IsType<WebSocketExitConfig>(Assert.Single(ConfigAssert.Valid($"{ConfigAssert.Inbound}exits: [{{ name: e, type: websocket, {keys} }}]").Exits));
}
