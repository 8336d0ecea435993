using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Inbounds.Http;

/// <summary>The request field that names a client's session: read, and not passed on.</summary>
public sealed class HttpSessionHeaderTests
{
    private static readonly HttpOptions Options = new() { SessionHeader = "X-Session" };

    [Fact]
    public async Task A_forwarded_request_says_its_session_and_the_server_does_not_see_it()
    {
        await using HttpProxyFixture proxy = new(Options);
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\nx-session:  one two \r\nX-Other: 1\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Equal("GET / HTTP/1.1\r\nHost: a.test\r\nX-Other: 1\r\nVia: 1.1 multiexit\r\n\r\n", await server.ReadHeadAsync());
        Assert.Equal("one two", Assert.Single(proxy.Dispatcher.Requests).Session);
    }

    [Fact]
    public async Task Connect_says_it_too()
    {
        await using HttpProxyFixture proxy = new(Options);
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nX-Session: s\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("s", Assert.Single(proxy.Dispatcher.Requests).Session);
    }

    [Fact]
    public async Task Without_the_option_the_field_is_like_any_other()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\nX-Session: s\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Contains("X-Session: s\r\n", await server.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Null(Assert.Single(proxy.Dispatcher.Requests).Session);
    }

    [Theory]
    [InlineData("X-Session: a\r\nX-Session: b\r\n")]
    [InlineData(null)]
    public async Task Two_of_them_and_one_too_long_are_refused(string? fields)
    {
        await using HttpProxyFixture proxy = new(Options);
        using TextPeer client = await proxy.ConnectAsync();
        fields ??= $"X-Session: {new string('a', HttpSessionHeader.MaxLength + 1)}\r\n";
        await client.SendAsync($"GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n{fields}\r\n");
        Assert.StartsWith("HTTP/1.1 400", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Empty(proxy.Dispatcher.Requests);
    }

    [Theory]
    [InlineData("X-Session", true)]
    [InlineData("session", true)]
    [InlineData("host", false)]
    [InlineData("Proxy-Authorization", false)]
    [InlineData("X Session", false)]
    [InlineData("", false)]
    public void Only_fields_that_mean_nothing_else_can_be_used(string name, bool usable) => Assert.Equal(usable, HttpSessionHeader.IsUsable(name));
}
