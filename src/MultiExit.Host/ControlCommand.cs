using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Remote;

namespace MultiExit.Host;

/// <summary><c>multiexit control</c></summary>
internal static class ControlCommand
{
    private const string Command = "control";

    public static async Task<ExitCode> RunAsync(string[] args)
    {
        string? server = args is [var first, ..] && !first.StartsWith('-') ? first : null;
        if (server is not null && !NameText.IsValid(server)) throw new UsageException($"{Command}: the name of a server is {NameText.Expected}");
        Options options = Options.Parse(Command, server is null ? args : args.AsSpan(1), [], ["--socket"]);
        Stream input = Console.OpenStandardInput();
        await using (input.ConfigureAwait(false))
        {
            Stream output = Console.OpenStandardOutput();
            await using (output.ConfigureAwait(false)) await new ControlBridge(options.Many("--socket"), server).RunAsync(input, output).ConfigureAwait(false);
        }
        return ExitCode.Ok;
    }
}
