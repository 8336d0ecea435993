using MultiExit.Engine.Errors;

namespace MultiExit.Host;

/// <summary>Picks the command and turns failures into one line and an exit code.</summary>
internal static class CommandLine
{
    private const string Commands = "run, upgrade, check, convert, route, sessions, exits, control, snat, redirect, store, hash, schema, dsc or version";

    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error, TextReader? input = null)
    {
        input ??= Console.In;
        // A server does not wait for its readers. The other commands only exist for their output.
        if (args is not ["run", ..]) return await RunOneAsync(args, output, error, input).ConfigureAwait(false);
        using QueuedWriter queuedOutput = new(output);
        using QueuedWriter queuedError = new(error);
        return await RunOneAsync(args, queuedOutput, queuedError, input).ConfigureAwait(false);
    }

    private static async Task<ExitCode> RunOneAsync(string[] args, TextWriter output, TextWriter error, TextReader input)
    {
        try
        {
            if (args is ["help"] || args.Any(arg => arg is "--help" or "-h")) return HelpCommand.Run(output);

            return args switch
            {
                ["run", .. string[] rest] => await RunCommand.RunAsync(rest, output, error).ConfigureAwait(false),
                ["upgrade", .. string[] rest] => await UpgradeCommand.RunAsync(rest, output, error).ConfigureAwait(false),
                ["check", .. string[] rest] => await CheckCommand.RunAsync(rest, output, error).ConfigureAwait(false),
                ["convert", .. string[] rest] => await ConvertCommand.RunAsync(rest, output, error).ConfigureAwait(false),
                ["snat", .. string[] rest] => await ProvisioningCommand.SnatAsync(rest, output, error).ConfigureAwait(false),
                ["redirect", .. string[] rest] => await ProvisioningCommand.RedirectAsync(rest, output, error).ConfigureAwait(false),
                ["route", .. string[] rest] => await RouteCommand.RunAsync(rest, output, error).ConfigureAwait(false),
                ["sessions", .. string[] rest] => await SessionsCommand.RunAsync(rest, output, error).ConfigureAwait(false),
                ["store", .. string[] rest] => await StoreCommand.RunAsync(rest, output, error).ConfigureAwait(false),
                ["exits", .. string[] rest] => await ExitsCommand.RunAsync(rest, input, output).ConfigureAwait(false),
                ["control", .. string[] rest] => await ControlCommand.RunAsync(rest).ConfigureAwait(false),
                ["hash", .. string[] rest] => HashCommand.Run(rest, PasswordPrompt.Read, output),
                ["dsc", .. string[] rest] => await DscCommand.RunAsync(rest, input, output).ConfigureAwait(false),
                ["schema", .. string[] rest] => await SchemaCommand.RunAsync(rest, output).ConfigureAwait(false),
                ["version" or "--version", .. string[] rest] => VersionCommand.Run(rest, output),
                [] => throw new UsageException($"a command is needed: {Commands}"),
                _ => throw new UsageException($"unknown command {Shown(args[0])}; expected {Commands}"),
            };
        }
        catch (UsageException exception)
        {
            await SayAsync(error, $"{exception.Message} (multiexit --help)").ConfigureAwait(false);
            return ExitCode.Usage;
        }
        catch (ProxyException exception)
        {
            await SayAsync(error, exception.Message).ConfigureAwait(false);
            return ExitCodes.Of(exception.Reason);
        }
        catch (Exception exception)
        {
            await SayAsync(error, $"unexpected: {exception}").ConfigureAwait(false);
            return ExitCode.Unexpected;
        }
    }

    // The exit code reports it too, where the line cannot be written.
    private static async Task SayAsync(TextWriter error, string message)
    {
        try
        {
            await error.WriteLineAsync($"multiexit: {message}").ConfigureAwait(false);
        }
        catch (IOException)
        {
            // A full disk, for one.
        }
    }

    /// <summary>A word of the command line as an error shows it. Other text may be a URL with a password, or a piece of one that has a
    /// blank.</summary>
    public static string Shown(string argument) =>
        argument.Length <= MaxShown && argument.All(c => char.IsAsciiLetterLower(c) || c == '-') ? $"'{argument}'" : "(not shown, since it may be a secret)";

    private const int MaxShown = 24;
}
