using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Version_is_one_line()
    {
        (int exitCode, string output, string error) = await HostProcess.RunAsync("version");
        Assert.Equal(0, exitCode);
        Assert.Matches(@"^multiexit \d+\.\d+\.\d+\n$", output.ReplaceLineEndings("\n"));
        Assert.Empty(error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("help")]
    [InlineData("run", "--help")]
    public async Task Help_names_every_command_and_exit_code(params string[] args)
    {
        (int exitCode, string output, _) = await HostProcess.RunAsync(args);
        Assert.Equal(0, exitCode);
        foreach (string command in new[] { "multiexit run", "multiexit check", "multiexit version" })
            Assert.Contains(command, output, StringComparison.Ordinal);
        foreach (ExitCode code in Enum.GetValues<ExitCode>())
            Assert.Matches($@"\b{(int)code}  \w", output);
    }

    [Theory]
    [InlineData("a command is needed")]
    [InlineData("unknown command 'serve'", "serve")]
    [InlineData("unknown argument '--port'", "run", "--port", "1")]
    [InlineData("--config needs a value", "run", "--config")]
    [InlineData("--config can be given once only", "run", "--config", "a", "--config=b")]
    [InlineData("--config does not go together", "run", "--config", "a", "--listen", "mixed://127.0.0.1:0")]
    [InlineData("--config does not go together", "run", "--config", "a", "-fallback")]
    [InlineData("-token needs a value", "run", "-token")]
    [InlineData("-n is the number of channels", "run", "-n", "three")]
    [InlineData("-f says the same as --forward", "run", "-f", "wss://h/", "--forward", "wss://h/")]
    [InlineData("--config FILE is needed", "check")]
    [InlineData("unknown argument 'please'", "version", "please")]
    public async Task A_wrong_command_line_is_named_in_one_line(string expected, params string[] args)
    {
        (int exitCode, string output, string error) = await HostProcess.RunAsync(args);
        Assert.Equal((int)ExitCode.Usage, exitCode);
        Assert.Empty(output);
        Assert.Contains(expected, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }
}
