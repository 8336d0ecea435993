using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Matrix;

/// <summary>The answer to the first client and the log when something on the way fails: the target, a proxy, or a login there.</summary>
public sealed class MatrixReplyTests(MatrixNetwork network) : IClassFixture<MatrixNetwork>
{
    private static readonly string[] Protocols = ["socks5", "http", "websocket"];

    public static TheoryData<string> Exits => [.. MatrixConfig.Exits.Where(exit => exit is not ("socks4" or "shadowsocks"))];

    public static TheoryData<string> Chains => [.. MatrixConfig.Chains.Select(chain => $"{chain.First}-{chain.Second}-{chain.Third}")];

    public static TheoryData<string> Proxies => [.. MatrixConfig.Proxies];

    [Theory]
    [MemberData(nameof(Exits))]
    [MemberData(nameof(Chains))]
    public Task A_refused_target_is_refused_to_the_first_client(string exit) => HearsAsync(exit, "05", "502 connection_refused", "ConnectionRefused");

    [Fact]
    public Task A_target_that_is_refused_through_SOCKS4_has_no_reason() => HearsAsync("socks4", "01", "502 proxy_internal_error", "General");

    [Theory]
    [MemberData(nameof(Proxies))]
    public Task A_proxy_that_is_gone_is_no_refused_target(string kind) => HearsAsync($"dead-{kind}", "01", "502 proxy_internal_error", "ProxyUnreachable");

    [Theory]
    [MemberData(nameof(Proxies))]
    public Task A_proxy_that_is_gone_further_on_is_no_refused_target_either(string kind) =>
        HearsAsync($"beyond-{kind}", "01", "502 proxy_internal_error", "General");

    [Theory]
    [InlineData("socks5", "ProxyAuthenticationFailed")]
    [InlineData("http", "ProxyAuthenticationFailed")]
    [InlineData("websocket", "ProxyAuthenticationFailed")]
    [InlineData("tunnel", "Proxy")] // its server does not answer that the key is wrong
    public Task A_login_that_a_proxy_refuses_is_no_refused_target(string kind, string reason) => HearsAsync($"wrong-{kind}", "01", "502 proxy_", reason);

    [Fact]
    public async Task A_wrong_password_is_told_before_anything_is_dialed()
    {
        string[] answers = ["wrong login", "407", "401"];
        for (int i = 0; i < Protocols.Length; i++)
            Assert.Equal(answers[i], await FirstClient.AskAsync(Protocols[i], network.Near[Protocols[i]], "direct", "no", network.ClosedPort));
    }

    private async Task HearsAsync(string exit, string reply, string answer, string reason)
    {
        foreach (string protocol in Protocols)
        {
            string heard = await FirstClient.AskAsync(protocol, network.Near[protocol], exit, MatrixConfig.Password, network.ClosedPort);
            if (protocol == "socks5") Assert.Equal(reply, heard);
            else Assert.StartsWith(answer, heard, StringComparison.Ordinal);
        }
        // One line for each client, and never a secret: the log is at its lowest level.
        string line = $" {exit} to 127.0.0.1:{network.ClosedPort} through {exit}: {reason}";
        string log = "";
        // It is written in the background.
        await Wait.UntilAsync(async () =>
        {
            log = await network.ReadLogAsync();
            return log.Split(line).Length > Protocols.Length;
        });
        Assert.True(log.Split(line).Length == Protocols.Length + 1, $"not three times `{line}` in: {log}");
        Assert.DoesNotContain("Zq7", log, StringComparison.Ordinal);
    }
}
