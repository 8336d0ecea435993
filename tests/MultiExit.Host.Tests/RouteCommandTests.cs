using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

public sealed class RouteCommandTests
{
    private const string Config = """
        inbounds:
          - { name: office, type: socks5, listen: "127.0.0.1:1080" }
          - { name: guests, type: http, listen: "127.0.0.1:8080" }
        exits:
          - { name: wan1, type: direct, address: 198.51.100.1 }
          - { name: wan2, type: direct, address: 198.51.100.2 }
        groups: [{ name: pool, exits: [wan1, wan2] }]
        routes: [{ inbounds: [guests], exit: block }]
        default: pool
        """;

    [Fact]
    public async Task The_way_through_each_inbound_is_told()
    {
        using var file = new TemporaryFile(Config);
        (int exitCode, string output, string error) =
            await HostProcess.RunAsync("route", "explain", "--config", file.Path, "--destination", "203.0.113.1:443");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(
            """
            203.0.113.1:443 (tcp) through the inbound office
              rule 1 (inbounds: guests -> block) does not match - inbounds: it came in through office
              default: pool
              pool: group, round_robin
                wan1: taken, its turn
                  direct, source address 198.51.100.1
                wan2: passed, not its turn
              served: pool > wan1: direct, source address 198.51.100.1
            203.0.113.1:443 (tcp) through the inbound guests
              rule 1 (inbounds: guests -> block) matches
              block: block - block: refused by a rule
              refused: block: refused by a rule

            """,
            output.ReplaceLineEndings());
    }

    [Fact]
    public async Task A_running_server_is_asked_over_its_socket()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "edge.yaml");
        await File.WriteAllTextAsync(file, Config.Replace(":1080", ":0", StringComparison.Ordinal).Replace(":8080", ":0", StringComparison.Ordinal)
            + "\ncontrol: { socket: s }\n");
        using ProxyHost proxy = await ProxyHost.StartAsync("--config", file);
        string[] ask = ["route", "explain", "--destination", "203.0.113.1:443", "--user", "alice"];
        (int exitCode, string live, string error) = await HostProcess.RunAsync([.. ask, "--socket", Path.Combine(folder.Path, "s")]);
        Assert.Equal((0, ""), (exitCode, error));
        (_, string told, _) = await HostProcess.RunAsync([.. ask, "--config", file]);
        Assert.Equal(told, live);
        (exitCode, _, error) = await HostProcess.RunAsync([.. ask, "--socket", Path.Combine(folder.Path, "none")]);
        Assert.Equal((int)ExitCode.Unexpected, exitCode);
        Assert.Contains("there is no such socket", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--config FILE or --socket PATH is needed", "--socket", "s", "--destination", "a:1")]
    [InlineData("--destination HOST:PORT is needed")]
    [InlineData("'example.com' is no destination", "--destination", "example.com")]
    [InlineData("--network is 'sctp'; expected tcp or udp", "--destination", "a:1", "--network", "sctp")]
    [InlineData("'here' is no address", "--destination", "a:1", "--client", "here")]
    public async Task A_wrong_question_is_a_usage_error(string message, params string[] args)
    {
        (int exitCode, _, string error) = await HostProcess.RunAsync(["route", "explain", "--config", "edge.yaml", .. args]);
        Assert.Equal((int)ExitCode.Usage, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
