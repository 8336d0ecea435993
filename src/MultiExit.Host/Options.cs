using System.Buffers;

namespace MultiExit.Host;

/// <summary>The options of a command: <c>--name value</c> or <c>--name=value</c>, with one dash or two; flags need no value, and take
/// <c>=true</c> and <c>=false</c>, as those of Go programs do.</summary>
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
            string name = Known(equals < 0 ? args[i] : args[i][..equals], [.. single, .. many, .. flags]);
            if (flags.Contains(name, StringComparer.Ordinal))
            {
                if (equals < 0 || IsTrue(command, name, args[i][(equals + 1)..]))
                    options._values[name] = [];
                else
                    options._values.Remove(name);
                continue;
            }

            bool once = single.Contains(name, StringComparer.Ordinal);
            if (!once && !many.Contains(name, StringComparer.Ordinal))
                throw new UsageException($"{command}: {Unknown(args, i)}; expected {Expected([.. single, .. many, .. flags])}");
            if (equals < 0 && i + 1 == args.Length) throw new UsageException($"{command}: {name} needs a value");

            string value = equals < 0 ? args[++i] : args[i][(equals + 1)..];
            if (!options._values.TryGetValue(name, out List<string>? values)) options._values[name] = values = [];
            if (once && values.Count > 0) throw new UsageException($"{command}: {name} can be given once only");
            values.Add(value);
        }

        return options;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Single(string name) => _values.TryGetValue(name, out List<string>? values) ? values[0] : null;

    public IReadOnlyList<string> Many(string name) => _values.TryGetValue(name, out List<string>? values) ? values : [];

    // The other number of dashes means the same, as it does to Go programs.
    private static string Known(string name, string[] names)
    {
        if (names.Contains(name, StringComparer.Ordinal)) return name;
        string other = name.StartsWith("--", StringComparison.Ordinal) ? name[1..] : "-" + name;
        return names.Contains(other, StringComparer.Ordinal) ? other : name;
    }

    private static bool IsTrue(string command, string name, string value) => value switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new UsageException($"{command}: {name} is on or off; expected {name}=true, {name}=false or {name} alone"),
    };

    // Only the name of an option is shown: all else may be a secret, or the rest of one that has a blank.
    private static string Unknown(ReadOnlySpan<string> args, int index)
    {
        string name = args[index].Split('=')[0];
        bool isOption = name.StartsWith('-') && name.AsSpan().TrimStart('-').IndexOfAnyExcept(NameCharacters) < 0;
        return isOption ? $"unknown argument '{name}'" : $"argument {index + 1} behind the command is no option, and a value with blanks needs quotes";
    }

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzCFL-");

    private static string Expected(string[] names) => names.Length == 0 ? "none" : string.Join(", ", names);
}
