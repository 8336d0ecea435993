using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

public sealed class CheckCommandTests
{
    [Fact]
    public async Task A_good_file_is_summed_up()
    {
        using var file = new TemporaryFile("""
            name: edge
            inbounds: [{ name: a, type: mixed, listen: "127.0.0.1:1080" }]
            exits: [{ name: up, type: socks5, server: "192.0.2.1:1080" }]
            default: up
            """);
        (int exitCode, string output, string error) = await HostProcess.RunAsync("check", "--config", file.Path);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("valid (native), server edge", output, StringComparison.Ordinal);
        Assert.Contains("inbound a: mixed on 127.0.0.1:1080", output, StringComparison.Ordinal);
        Assert.Contains("default: up", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_is_named_with_its_place()
    {
        using var file = new TemporaryFile("""
            inbounds:
              - { name: a, type: mixed, listen: "nonsense" }
              - { name: b, type: mixd, listen: "127.0.0.1:0" }
            """);
        (int exitCode, string output, string error) = await HostProcess.RunAsync("check", "--config", file.Path);
        Assert.Equal((3, ""), (exitCode, output));
        string[] lines = error.Trim().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"{file.Path}:2:", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{file.Path}:3:", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_not_a_configuration()
    {
        (int exitCode, _, string error) = await HostProcess.RunAsync("check", "--config", "/nowhere/edge.yaml");
        Assert.Equal((int)ExitCode.InvalidConfiguration, exitCode);
        Assert.Contains("/nowhere/edge.yaml", error, StringComparison.Ordinal);
    }
}
