using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;

namespace MultiExit.Host;

/// <summary><c>multiexit convert</c></summary>
internal static class ConvertCommand
{
    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        (List<string> words, List<string> rest) = Split(args);
        Options options = Options.Parse("convert", [.. rest], EchTunnelLetters.Single, ConfigSource.Many, EchTunnelLetters.Flags);
        ConfigConversion conversion = Convert(options, words);
        if (conversion.Text is not { } text)
        {
            foreach (ConfigError fault in conversion.Errors)
                await error.WriteLineAsync(fault.ToString()).ConfigureAwait(false);
            return ExitCode.InvalidConfiguration;
        }
        await output.WriteAsync(text).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static ConfigConversion Convert(Options options, List<string> words)
    {
        List<string> listen = [.. ConfigSource.Listen(options)], forward = [.. ConfigSource.Forward(options)];
        EchTunnelParameters? parameters = EchTunnelLetters.Read("convert", options);
        if (words is [var file] && !IsUrl(file))
        {
            return listen.Count + forward.Count == 0 && parameters is null ? ConfigConverter.FromFile(file)
                : throw new UsageException("convert: a file does not go together with URLs or letters");
        }
        foreach (string word in words)
        {
            if (!IsUrl(word)) throw new UsageException("convert: expected one file, or URLs");
            (ConfigConverter.IsForListening(word) ? listen : forward).Add(word);
        }
        if (listen.Count + forward.Count == 0) throw new UsageException("convert: expected a file or URLs");
        return ConfigConverter.FromUrls(listen, forward, parameters);
    }

    // The arguments that are neither options nor their values.
    private static (List<string> Words, List<string> Letters) Split(string[] args)
    {
        List<string> words = [], rest = [];
        for (int i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith('-'))
            {
                words.Add(args[i]);
                continue;
            }
            rest.Add(args[i]);
            bool isFlag = EchTunnelLetters.Flags.Contains(args[i], StringComparer.Ordinal);
            if (!isFlag && !args[i].Contains('=', StringComparison.Ordinal) && i + 1 < args.Length) rest.Add(args[++i]);
        }
        return (words, rest);
    }

    private static bool IsUrl(string word) => word.Contains("://", StringComparison.Ordinal) || word.StartsWith(':');
}
