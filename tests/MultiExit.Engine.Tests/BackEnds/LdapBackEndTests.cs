using System.Net;
using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.BackEnds;

/// <summary>The directory back-end towards servers that break the protocol, or do not want to.</summary>
public sealed class LdapBackEndTests : IAsyncDisposable
{
    private const string Bound = "300C0201016107 0A0100 0400 0400";
    private const string Refused = "300C0201016107 0A0131 0400 0400";

    private readonly PortableTransport _transport = new();
    private readonly ScriptedProxy _server = new();

    public async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _transport.DisposeAsync();
    }

    [Theory]
    [InlineData(Bound, BackEndVerdictWord.Allowed, null)]
    [InlineData(Refused, BackEndVerdictWord.Denied, null)]
    [InlineData("300C0201016107 0A0135 0400 0400", BackEndVerdictWord.Denied, null)] // unwilling: locked
    [InlineData("300C0201016107 0A0134 0400 0400", BackEndVerdictWord.Unavailable, "the bind of the user fails: result 52")]
    [InlineData("300C0201016107 0A010A 0400 0400", BackEndVerdictWord.Unusable, "the bind of the user fails: result 10")] // referral
    [InlineData("300C0201026107 0A0100 0400 0400", BackEndVerdictWord.Unusable, "it answers a request that was not made")]
    [InlineData("300C0201016507 0A0100 0400 0400", BackEndVerdictWord.Unusable, "its answer is to another kind of request")]
    [InlineData("300C0201007807 0A0134 0400 0400", BackEndVerdictWord.Unavailable, "it ends the connection: ")]
    [InlineData("300B0201016106 0A0100 0400 04", BackEndVerdictWord.Unusable, "what it says is no LDAP")]
    [InlineData("3084FFFFFFFF", BackEndVerdictWord.Unusable, "what it says is no LDAP")]
    [InlineData("485454502F312E3120343030", BackEndVerdictWord.Unusable, "what it says is no LDAP")]
    [InlineData("300C0201", BackEndVerdictWord.Unavailable, "it ended the connection")]
    [InlineData("", BackEndVerdictWord.Unavailable, "it ended the connection")]
    public async Task Only_what_is_an_answer_to_the_bind_counts(string octets, BackEndVerdictWord verdict, string? reason)
    {
        Task<BackEndAnswer> asked = AskAsync(Config() with { UserDn = "uid={user},dc=x" });
        TestClient server = await _server.AcceptedAsync();
        Assert.Equal("3020020101 601B020103 040E 7569643D616C6963652C64633D78 8006736563726574".Replace(" ", "", StringComparison.Ordinal),
            await server.ReadAsync(34));
        await server.SendAsync(octets);
        await server.Stream.CompleteWritesAsync(default);
        BackEndAnswer answer = await asked;
        Assert.Equal($"{verdict}", $"{answer.Verdict}");
        if (reason is not null) Assert.StartsWith(reason, answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_without_an_end_has_one()
    {
        Task<BackEndAnswer> asked = AskAsync(Config() with { Base = "dc=x" });
        TestClient server = await _server.AcceptedAsync();
        // Messages as they are read: without an end, and with little in them.
        byte[] references = [.. Enumerable.Repeat(Convert.FromHexString("300A02010173050403666F6F"), 4096).SelectMany(octets => octets)];
        Exception? ended = await Record.ExceptionAsync(async () =>
        {
            for (int i = 0; i < 1000; i++) await server.Stream.WriteAsync(references);
        });
        Assert.Equal((BackEndVerdict.Unusable, "its answer to a search has more than 1 MiB"), ((await asked).Verdict, (await asked).Reason));
        Assert.NotNull(ended);
    }

    [Fact]
    public async Task A_search_that_finds_more_than_was_asked_for_ends_with_the_first_that_is_too_many()
    {
        Task<BackEndAnswer> asked = AskAsync(Config() with { Base = "dc=x" });
        TestClient server = await _server.AcceptedAsync();
        await server.SendAsync(string.Concat(Enumerable.Repeat("300A020101 64050401783000", 3)));
        Assert.Equal((BackEndVerdict.Unusable, "it finds more entries than the 2 that it was asked for"), ((await asked).Verdict, (await asked).Reason));
    }

    [Fact]
    public async Task The_words_of_a_directory_are_cut()
    {
        Task<BackEndAnswer> asked = AskAsync(Config() with { UserDn = "uid={user}" });
        TestClient server = await _server.AcceptedAsync();
        string words = "0A" + string.Concat(Enumerable.Repeat("54", 9_999));
        await server.SendAsync($"30822720 020101 6182{0x2719:X4} 0A0150 0400 0482{0x2710:X4} {words}");
        BackEndAnswer answer = await asked;
        Assert.StartsWith("the bind of the user fails: result 80: ?TTT", answer.Reason, StringComparison.Ordinal);
        Assert.InRange(answer.Reason!.Length, 200, 260);
    }

    [Fact]
    public async Task Bytes_before_the_handshake_do_not_count_as_said_under_TLS()
    {
        Task<BackEndAnswer> asked = AskAsync(Config() with { UserDn = "uid={user}", StartTls = true });
        TestClient server = await _server.AcceptedAsync();
        await server.SendAsync("300C0201017807 0A0100 0400 0400" + Bound);
        Assert.Equal("it sent bytes between its answer to STARTTLS and the handshake", (await asked).Reason);
    }

    [Fact]
    public async Task A_server_without_TLS_gets_no_password()
    {
        Task<BackEndAnswer> asked = AskAsync(Config() with { UserDn = "uid={user}", StartTls = true });
        TestClient server = await _server.AcceptedAsync();
        await server.SendAsync("300C0201017807 0A0102 0400 0400");
        Assert.StartsWith("it refuses STARTTLS: result 2", (await asked).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("736563726574", await server.ReadToEndOrResetAsync(), StringComparison.Ordinal);
    }

    private LdapAuthConfig Config() => new() { Url = new Uri($"ldap://{_server.EndPoint}") };

    private async Task<BackEndAnswer> AskAsync(LdapAuthConfig config)
    {
        using LdapBackEnd backEnd = new(config, async (server, token) =>
            await _transport.ConnectAsync(new IPEndPoint(IPAddress.Parse(server.Host), server.Port), default, token));
        return await backEnd.AskAsync(new("alice", "secret"u8.ToArray(), "proxy", IPAddress.Loopback), default).WaitAsync(TestTransports.Patience);
    }

    /// <summary>The words of <c>BackEndVerdict</c>, which is not public.</summary>
    public enum BackEndVerdictWord
    {
        Allowed,
        Denied,
        Unavailable,
        Unusable,
    }
}
