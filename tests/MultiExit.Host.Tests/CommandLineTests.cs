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

    [Fact]
    public async Task The_help_of_redirect_is_not_that_of_source_NAT()
    {
        (_, string output, _) = await HostProcess.RunAsync("--help");
        string text = output[output.IndexOf("multiexit redirect ", StringComparison.Ordinal)..output.IndexOf("multiexit hash", StringComparison.Ordinal)];
        Assert.Contains("transparent inbounds", text, StringComparison.Ordinal);
        Assert.DoesNotContain("source NAT", text, StringComparison.Ordinal);
        Assert.Contains("ss-local, lightsocks", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a command is needed")]
    [InlineData("unknown command 'serve'", "serve")]
    [InlineData("unknown argument '--port'", "run", "--port", "1")]
    [InlineData("--config needs a value", "run", "--config")]
    [InlineData("--config can be given once only", "run", "--config", "a", "--config=b")]
    [InlineData("--config does not go together", "run", "--config", "a", "--listen", "mixed://127.0.0.1:0")]
    [InlineData("--config does not go together", "run", "--config", "a", "-fallback")]
    [InlineData("--config does not go together", "run", "--config", "a", "-fallback=true")]
    [InlineData("--config does not go together", "run", "--config", "a", "--l=wss://127.0.0.1:0/")]
    [InlineData("--config can be given once only", "run", "-config", "a", "--config", "b")]
    [InlineData("run: -fallback is on or off; expected -fallback=true, -fallback=false or -fallback alone", "run", "-fallback=maybe")]
    [InlineData("-token needs a value", "run", "-token")]
    [InlineData("-n is the number of channels", "run", "-n", "three")]
    [InlineData("-f says the same as --forward", "run", "-f", "wss://h/", "--forward", "wss://h/")]
    [InlineData("--config FILE is needed", "check")]
    [InlineData("version: argument 1 behind the command is no option", "version", "please")]
    public async Task A_wrong_command_line_is_named_in_one_line(string expected, params string[] args)
    {
        (int exitCode, string output, string error) = await HostProcess.RunAsync(args);
        Assert.Equal((int)ExitCode.Usage, exitCode);
        Assert.Empty(output);
        Assert.Contains(expected, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("socks5://a:Zq7secret@127.0.0.1:1080")]
    [InlineData("run", "socks5://a:Zq7secret@127.0.0.1:1080")]
    [InlineData("run", "socks5://a:Zq7secret@127.0.0.1:1080=x")]
    [InlineData("run", "--listen:socks5://a:Zq7secret@127.0.0.1:1080")]
    [InlineData("run", "-Zq7secret")]
    [InlineData("run", "--listen", "socks5://a:my", "Zq7secret@127.0.0.1:1080")]
    [InlineData("run", "-token", "my", "Zq7secret")]
    [InlineData("run", "--config", "socks5://a:Zq7secret@127.0.0.1:1080")]
    [InlineData("run", "--config", "a:Zq7secret@127.0.0.1:1080")]
    [InlineData("check", "--config", "tunnel://h?psk=Zq7secret")]
    [InlineData("run", "--listen", "socks5://a:Zq7secret@nowhere:99999")]
    [InlineData("run", "--listen", "socks6://a:Zq7secret@127.0.0.1:0")]
    [InlineData("run", "--listen", "a:Zq7secret@127.0.0.1:0")]
    [InlineData("run", "--listen", "tunnel://127.0.0.1:0?psk=Zq7secret")]
    [InlineData("run", "--forward", "socks5://a:Zq7secret@nowhere:x")]
    [InlineData("run", "--forward", "tunnel://h?psk=a@Zq7secret&pin=x")]
    [InlineData("run", "--listen", "wss://h:1/?token=Zq7secret&token_file=x", "-token", "Zq7secret")]
    [InlineData("run", "--listen", "socks5://a:Zq7secret@192.0.2.1:1080")]
    [InlineData("route", "socks5://a:Zq7secret@127.0.0.1:1080")]
    [InlineData("route", "explain", "--config", "x", "--destination", "socks5://a:Zq7secret@127.0.0.1")]
    [InlineData("route", "explain", "--config", "x", "--destination", "h:1", "--client", "a:Zq7secret@127.0.0.1")]
    [InlineData("snat", "a:Zq7secret@h")]
    [InlineData("version", "a:Zq7secret@h")]
    public async Task No_error_repeats_a_secret_of_the_command_line(params string[] args)
    {
        (int exitCode, string output, string error) = await HostProcess.RunAsync(args);
        Assert.NotEqual(0, exitCode);
        Assert.DoesNotContain("Zq7secret", output + error, StringComparison.Ordinal);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Nothing_that_a_server_writes_has_a_secret_of_its_urls()
    {
        using HostProcess host = HostProcess.Start(
            ["run", "--listen", "socks5://a:Zq7secret@127.0.0.1:0", "--listen", "tunnel://127.0.0.1:0?psk=Zq7secret&self_signed=true",
                "--forward", "socks5://b:Zq7secret@127.0.0.1:1"]);
        string line = (await host.ReadLineAsync())!;
        host.Signal("TERM");
        Assert.Equal(0, await host.ExitAsync());
        Assert.DoesNotContain("Zq7secret", line + await host.ErrorAsync(), StringComparison.Ordinal);
    }
}
