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
    public async Task Faults_of_the_text_and_of_this_machine_are_told_apart_and_the_text_is_checked_alone()
    {
        using var file = new TemporaryFile("""
            inbounds: [{ name: a, type: http, listen: "203.0.113.9:80", users: { alice: { password: { env: NOT_SET_ANYWHERE } } } }]
            exits: [{ name: wan1, type: direct, address: 203.0.113.9 }]
            """);
        (int exitCode, _, string error) = await HostProcess.RunAsync("check", "--config", file.Path);
        Assert.Equal(3, exitCode);
        Assert.EndsWith("NOT_SET_ANYWHERE is not set [machine]", error.Trim(), StringComparison.Ordinal);
        (exitCode, string output, error) = await HostProcess.RunAsync("check", "--config", file.Path, "--text-only");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("valid (native)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_start_would_warn_of_is_shown_and_is_no_fault()
    {
        using var file = new TemporaryFile("""
            inbounds: [{ name: a, type: http, listen: "127.0.0.1:80" }]
            exits: [{ name: wan1, type: direct, address: 203.0.113.9 }]
            """);
        (int exitCode, string output, string error) = await HostProcess.RunAsync("check", "--config", file.Path);
        Assert.Equal(0, exitCode);
        Assert.StartsWith($"{file.Path}: warning MX1012 exit wan1: ", error, StringComparison.Ordinal);
        Assert.Contains("exit wan1: direct", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preflight_names_each_check_and_a_port_that_is_taken_ends_with_3()
    {
        using System.Net.Sockets.TcpListener taken = new(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        using var file = new TemporaryFile($$"""
            inbounds: [{ name: a, type: http, listen: "{{taken.LocalEndpoint}}" }]
            """);
        (int exitCode, string output, _) = await HostProcess.RunAsync("check", "--config", file.Path, "--preflight");
        Assert.Equal(3, exitCode);
        Assert.Contains($"  ports: error, inbound a (tcp {taken.LocalEndpoint}): ", output, StringComparison.Ordinal);
        Assert.Contains("\n  conntrack: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_not_a_configuration()
    {
        (int exitCode, _, string error) = await HostProcess.RunAsync("check", "--config", "/nowhere/edge.yaml");
        Assert.Equal((int)ExitCode.InvalidConfiguration, exitCode);
        Assert.Contains("/nowhere/edge.yaml", error, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_server_behind_a_socket_is_well_while_it_takes_connections()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "server.yaml"), socket = Path.Combine(folder.Path, "s");
        await File.WriteAllTextAsync(file, $$"""
            name: edge
            inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:0" }]
            control: { socket: {{socket}} }
            """);
        (int exitCode, string output, string error) = await HostProcess.RunAsync("check", "--socket", socket);
        Assert.Equal(((int)ExitCode.Unexpected, ""), (exitCode, output));
        Assert.Contains(socket, error, StringComparison.Ordinal);
        using HostProcess host = HostProcess.Start(["run", "--config", file]);
        await host.ReadLineAsync();
        (exitCode, output, error) = await HostProcess.RunAsync("check", "--socket", socket);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("server edge: running, 0 sessions\n  inbound in: socks5 on 127.0.0.1:", output, StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.Usage, (await HostProcess.RunAsync("check", "--socket", socket, "--config", file)).ExitCode);
    }
}
