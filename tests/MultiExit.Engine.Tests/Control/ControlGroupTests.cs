using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Control;

/// <summary>Publishing over the control socket, as a program without a client of ours does it.</summary>
public sealed class ControlGroupTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private ControlledGateway _gateway = null!;

    public async ValueTask InitializeAsync() =>
        _gateway = await ControlledGateway.StartAsync(Config(), new GatewayOptions { Time = _time });

    [Fact]
    public async Task A_published_exit_serves_until_it_expires_or_is_taken_out()
    {
        await using EchoTarget target = new();
        await using TestGateway upstream = await TestGateway.StartAsync(TestGateway.Mixed());
        string answer = await _gateway.AskAsync("PUT", "/groups/pool/members/up", $$"""{ "server": "socks5://{{upstream.EndPoint}}", "expires": 60 }""");
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Assert.Contains("\"expires\": \"2030-01-01T00:01:00+00:00\"", answer, StringComparison.Ordinal);
        await using SocketStream live = await _gateway.Gateway.ConnectThroughAsync(target.EndPoint);
        await using SocketStream other = await _gateway.Gateway.ConnectThroughAsync(target.EndPoint);
        Assert.Equal(1, upstream.Server.GetStatus().Sessions);
        Assert.Contains("\"up\"", await _gateway.AskAsync("GET", "/groups/pool/members"), StringComparison.Ordinal);
        Assert.Contains("\"published\": 1", await _gateway.AskAsync("GET", "/groups/pool"), StringComparison.Ordinal);
        Assert.Contains("\"member_of\": \"pool\"", await _gateway.AskAsync("GET", "/exits/up"), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(60));
        await Wait.UntilAsync(() => _gateway.Server.GetMembers().Count == 0);
        await using SocketStream after = await _gateway.Gateway.ConnectThroughAsync(target.EndPoint);
        Assert.Equal((1, 1L), (upstream.Server.GetStatus().Sessions, upstream.Server.GetStatus().TotalSessions));
        byte[] echo = new byte[2];
        await live.WriteAsync("hi"u8.ToArray());
        await live.ReadExactlyAsync(echo).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal("hi"u8.ToArray(), echo);
    }

    [Fact]
    public async Task A_program_may_leave_the_name_to_the_server_and_take_the_exit_out_again()
    {
        string answer = await _gateway.AskAsync("POST", "/groups/pool/members", """{ "server": "socks5://u:s3cret@192.0.2.1:1080" }""");
        Assert.DoesNotContain("s3cret", answer, StringComparison.Ordinal);
        string name = _gateway.Server.GetMembers().Single().Name;
        Assert.StartsWith("HTTP/1.1 204", await _gateway.AskAsync("DELETE", $"/groups/pool/members/{name}"), StringComparison.Ordinal);
        Assert.Contains("\"MemberNotFound\"", await _gateway.AskAsync("DELETE", $"/groups/pool/members/{name}"), StringComparison.Ordinal);
        Assert.Contains("\"MemberNotFound\"", await _gateway.AskAsync("GET", $"/groups/pool/members/{name}"), StringComparison.Ordinal);
        Assert.Contains("\"GroupNotFound\"", await _gateway.AskAsync("GET", "/groups/none/members"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_says_who_published_what_and_no_password()
    {
        await _gateway.AskAsync("PUT", "/groups/pool/members/up", """{ "server": "socks5://u:s3cret@192.0.2.1:1080" }""");
        string line = _gateway.Server.GetLog(new() { Ids = ["MX1042"] })[^1].Message;
        Assert.Contains(Environment.UserName, line, StringComparison.Ordinal);
        Assert.EndsWith("PUT /groups/pool/members/up", line, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", await _gateway.AskAsync("GET", "/groups/pool/members"), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", await _gateway.AskAsync("GET", "/config"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "400", "the body is not what is expected here")]
    [InlineData("not JSON", "400", "the body is not what is expected here")]
    [InlineData("{ \"server\": ", "400", "the body is not what is expected here")]
    [InlineData("{ \"server\": \"socks5://h:1\" } x", "400", "the body is not what is expected here")]
    [InlineData("{ server: \"socks5://h:1\" }", "400", "the body is not what is expected here")]
    [InlineData("\xff", "400", "the body is not UTF-8 text")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"colour\": 1 }", "422", "unknown key")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"expires\": -1 }", "409", "it expires before it is published")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"server\": \"socks5://h:2\" }", "422", "duplicate key")]
    [InlineData("{ \"server\": \"\\ud800\" }", "422", "")]
    [InlineData("{ \"server\": \"socks5://h:1\", \"tls\": \"\\u0000\" }", "422", "")]
    public async Task A_hostile_body_is_refused_and_publishes_nothing(string body, string status, string reason)
    {
        string answer = await _gateway.AskAsync("PUT", "/groups/pool/members/up", body);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains(reason, answer, StringComparison.Ordinal);
        Assert.Empty(_gateway.Server.GetMembers());
        Assert.Empty(_gateway.Server.GetLog(new() { Ids = ["MX9000"] }));
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_too_deep_is_refused()
    {
        string large = $$"""{ "server": "socks5://h:1", "username": "{{new string('x', 70_000)}}" }""";
        Assert.StartsWith("HTTP/1.1 413", await _gateway.AskAsync("PUT", "/groups/pool/members/up", large), StringComparison.Ordinal);
        string deep = $"{{ \"server\": {new string('[', 1000)}{new string(']', 1000)} }}";
        Assert.StartsWith("HTTP/1.1 400", await _gateway.AskAsync("PUT", "/groups/pool/members/up", deep), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/groups/pool/members/one", "409", "MemberRefused")]
    [InlineData("/groups/none/members/up", "409", "MemberRefused")]
    [InlineData("/groups/pool/members/..", "422", "expected a name")]
    [InlineData("/groups/pool/members/%2F", "422", "expected a name")]
    [InlineData("/groups/pool/members/", "422", "expected a name")]
    public async Task A_name_that_is_not_free_or_none_is_refused(string path, string status, string error)
    {
        string answer = await _gateway.AskAsync("PUT", path, """{ "server": "socks5://h:1" }""");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains(error, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_client_of_the_socket_does_the_same()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        JsonElement exit = JsonSerializer.SerializeToElement(new { server = "socks5://192.0.2.1:1080", expires = "5m" });
        Assert.Equal("192.0.2.1:1080", (await _gateway.Client.PublishExitAsync("pool", null, exit, token)).Name);
        ExitStatus up = await _gateway.Client.PublishExitAsync("pool", "up", exit, token);
        Assert.Equal((MemberOrigin.Published, _time.GetUtcNow() + TimeSpan.FromMinutes(5)), (up.Origin!.Value, up.Expires));
        Assert.Equal(["192.0.2.1:1080", "up"], (await _gateway.Client.GetMembersAsync("pool", token)).Select(member => member.Name));
        GroupStatus group = (await _gateway.Client.GetGroupsAsync(token)).Single();
        Assert.Equal((1, 2, 10_000, TimeSpan.FromDays(1)), (group.Configured, group.Published, group.MaxPublished, group.LongestExpiry));
        Assert.True(await _gateway.Client.UnpublishExitAsync("pool", "up", token));
        Assert.False(await _gateway.Client.UnpublishExitAsync("pool", "up", token));
        Assert.Contains("there is no group named none",
            (await Assert.ThrowsAsync<ProxyException>(() => _gateway.Client.UnpublishExitAsync("none", "up", token))).Message, StringComparison.Ordinal);
        Assert.Contains("group pool has no list of members",
            (await Assert.ThrowsAsync<ProxyException>(() => _gateway.Client.UpdateGroupAsync("pool", token))).Message, StringComparison.Ordinal);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => _gateway.Client.PublishExitAsync("pool", "one", exit, token));
        Assert.Equal(ProxyError.MemberRefused, refused.Reason);
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    private static GatewayConfig Config() => TestGateway.Mixed() with
    {
        Exits = [new Engine.Configuration.Exits.DirectExitConfig { Name = "one" }],
        Groups = [new GroupConfig { Name = "pool", Exits = ["one"], Publish = new PublishConfig() }],
        Default = "pool",
    };
}
