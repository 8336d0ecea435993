using System.Buffers;

namespace MultiExit.Host;

/// <summary>The options of a command: <c>--name value</c> or <c>--name=value</c>; flags have no value.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    /// <exception cref="UsageException">An unknown option, a missing value, or one too many.</exception>
    public static Options Parse(string command, ReadOnlySpan<string> args, string[] single, string[] many, params string[] flags)
    {
        var options = new Options();
        for (int i = 0; i < args.Length; i++)
        {
            int equals = args[i].IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? args[i] : args[i][..equals];
            if (flags.Contains(args[i], StringComparer.Ordinal))
            {
                options._values[args[i]] = [];
                continue;
            }

            bool once = single.Contains(name, StringComparer.Ordinal);
            if (!once && !many.Contains(name, StringComparer.Ordinal))
                throw new UsageException($"{command}: {Unknown(args, i)}; expected {Expected([.. single, .. many, .. flags])}");
            if (equals < 0 && i + 1 == args.Length)
                throw new UsageException($"{command}: {name} needs a value");

            string value = equals < 0 ? args[++i] : args[i][(equals + 1)..];
            if (!options._values.TryGetValue(name, out List<string>? values))
                options._values[name] = values = [];
            if (once && values.Count > 0)
                throw new UsageException($"{command}: {name} can be given once only");
            values.Add(value);
        }

        return options;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Single(string name) => _values.TryGetValue(name, out List<string>? values) ? values[0] : null;

    public IReadOnlyList<string> Many(string name) => _values.TryGetValue(name, out List<string>? values) ? values : [];

    // Only what is the name of an option is shown: all else may be a secret, or the rest of one that has a blank.
    private static string Unknown(ReadOnlySpan<string> args, int index)
    {
        string name = args[index].Split('=')[0];
        bool isOption = name.StartsWith('-') && name.AsSpan().TrimStart('-').IndexOfAnyExcept(NameCharacters) < 0;
        return isOption ? $"unknown argument '{name}'" : $"argument {index + 1} behind the command is no option, and a value with blanks needs quotes";
    }

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz-");

    private static string Expected(string[] names) => names.Length == 0 ? "none" : string.Join(", ", names);
}
