using MultiExit.Engine.Configuration;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

public sealed class ConvertCommandTests
{
    [Fact]
    public async Task URLs_become_a_document_that_loads()
    {
        (ExitCode code, string output, string error) = await RunAsync("convert", ":8080", "socks5://u:p@h.example:1080", "-F", "http://second.example:3128");
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        GatewayConfig config = ConfigLoader.Parse(output).Config!;
        Assert.Equal(("mixed", 2, "forward"), (config.Inbounds[0].Type, config.Exits.Count, config.Default));
    }

    [Fact]
    public async Task A_file_becomes_a_document_that_loads()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "ss.json");
        await File.WriteAllTextAsync(file, """{"server": "192.0.2.1", "server_port": 8388, "local_port": 1080, "password": "p", "method": "aes-256-gcm"}""");
        (ExitCode code, string output, string error) = await RunAsync("convert", file);
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        Assert.Equal("shadowsocks", ConfigLoader.Parse(output).Config!.Exits[0].Type);
    }

    [Fact]
    public async Task The_letters_of_ech_tunnel_are_converted()
    {
        (ExitCode code, string output, _) = await RunAsync("convert", "-l", "wss://:8443/tunnel", "-token", "abc");
        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal("ech-tunnel", ConfigLoader.Parse(output).Config!.Inbounds[0].Type);
    }

    [Fact]
    public async Task A_fault_is_named_and_nothing_is_printed()
    {
        (ExitCode code, string output, string error) = await RunAsync("convert", "-L", "relay+tls://u:Zq7secret@:443");
        Assert.Equal((ExitCode.InvalidConfiguration, ""), (code, output));
        Assert.Contains("listen[0]: the URL asks for gost's relay", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Zq7secret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("a.json", "b.json")]
    [InlineData("a.json", "-L", ":80")]
    [InlineData("-l", "wss://:8443/tunnel", "-n", "three")]
    [InlineData("-f", "wss://h/", "-F", "wss://h/")]
    public async Task A_wrong_command_line_is_said_to_be_one(params string[] args)
    {
        (ExitCode code, string output, string error) = await RunAsync(["convert", .. args]);
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.StartsWith("multiexit: convert: ", error, StringComparison.Ordinal);
    }

    private static async Task<(ExitCode Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        ExitCode code = await CommandLine.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
