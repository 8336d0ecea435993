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
                throw new UsageException($"{command}: unknown argument '{name}'; expected {Expected([.. single, .. many, .. flags])}");
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

    private static string Expected(string[] names) => names.Length == 0 ? "none" : string.Join(", ", names);
}
