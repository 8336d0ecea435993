using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

/// <summary><c>multiexit store</c>, and what a server without a fleet loads.</summary>
public sealed class StoreCommandTests
{
    private const string Inbound = "inbounds: [{ name: a, type: mixed, listen: \"127.0.0.1:0\" }]\n";
    private const string Fleet = "fleet: { store: \"postgres://node@/fleet?host=/nowhere\", name: prod, node: a }\n";

    [Theory]
    [InlineData("store: expected init or check", "store")]
    [InlineData("store: unknown command 'drop'; expected init or check", "store", "drop")]
    [InlineData("store init: --config FILE is needed", "store", "init")]
    public async Task Wrong_arguments_are_refused(string message, params string[] args)
    {
        StringWriter output = new(), error = new();
        Assert.Equal(ExitCode.Usage, await CommandLine.RunAsync(args, output, error));
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("init")]
    [InlineData("check")]
    public async Task A_store_that_does_not_answer_is_named_and_the_exit_code_says_so(string command)
    {
        using TemporaryFile file = new(Inbound + Fleet);
        StringWriter output = new(), error = new();
        Assert.Equal(ExitCode.Unexpected, await CommandLine.RunAsync(["store", command, "--config", file.Path], output, error));
        const string Missing = "the store postgres://node@/fleet?host=/nowhere: there is no Unix socket /nowhere/.s.PGSQL.5432: ";
        Assert.Contains(Missing, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public async Task A_configuration_without_a_fleet_has_no_store()
    {
        using TemporaryFile file = new(Inbound);
        StringWriter output = new(), error = new();
        Assert.Equal(ExitCode.Usage, await CommandLine.RunAsync(["store", "check", "--config", file.Path], output, error));
        Assert.Contains("the configuration has no fleet", error.ToString(), StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("", false)]
    [InlineData(Fleet, true)]
    public async Task Npgsql_is_loaded_with_a_fleet_and_only_then(string fleet, bool isLoaded)
    {
        using TemporaryFile file = new(Inbound + fleet);
        using HostProcess host = HostProcess.Start(["run", "--config", file.Path]);
        // With a fleet the store has been tried by the time of its warning.
        await host.ErrorLineAsync(isLoaded ? "MX1140" : "MX1001");
        string maps = await File.ReadAllTextAsync($"/proc/{host.Id}/maps");
        Assert.Contains("/MultiExit.Engine.dll", maps, StringComparison.Ordinal);
        Assert.Equal(isLoaded, maps.Contains("/Npgsql.dll", StringComparison.Ordinal));
        host.Signal("TERM");
        Assert.Equal(0, await host.ExitAsync());
    }
}
