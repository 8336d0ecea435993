using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MultiExit;

/// <summary>Completes paths of the configuration that a running server has in force: for -Remove of keys and items, for -Set of keys, as a hash
/// table with the present value.</summary>
public sealed class ConfigPathCompleter : NameCompleter
{
    private const string Masked = "***";

    /// <inheritdoc/>
    public override IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        if (parameterName != "Set") return base.CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters);

        BeginAsking();
        string word = (wordToComplete ?? "").Trim('\'', '"');
        return [.. Settings(fakeBoundParameters).Where(setting => setting.Path.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Select(setting =>
            new CompletionResult($"@{{ {Quoted(setting.Path)} = {Literal(setting.Value)} }}", setting.Path,
                CompletionResultType.ParameterValue, $"{setting.Path}: {setting.Value}"))];
    }

    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Settings(boundParameters)
            .SelectMany(setting => Ends(setting.Path)
                .Select(end => (Name: setting.Path[..end], Tip: end == setting.Path.Length ? $"{setting.Path}: {setting.Value}" : "")))
            .DistinctBy(path => path.Name, StringComparer.Ordinal);

    private static IEnumerable<(string Path, string Value)> Settings(IDictionary boundParameters) =>
        Servers(boundParameters, "Name")
            .SelectMany(server => Ask(server.Control.GetConfigAsync)?.Settings ?? [])
            .Select(setting => Ends(setting).First(end => end == setting.Length || setting[end] == ':') is var end && end + 2 <= setting.Length
                ? (setting[..end], setting[(end + 2)..]) : (setting, ""))
            .DistinctBy(setting => setting.Item1, StringComparer.Ordinal);

    // Where a step of a path ends: before a dot, a bracket or the colon behind the path, and not inside of a JSON string.
    private static IEnumerable<int> Ends(string path)
    {
        bool quoted = false;
        for (int i = 0; i < path.Length; i++)
        {
            if (quoted && path[i] == '\\') i++;
            else if (path[i] == '"') quoted = !quoted;
            else if (!quoted && i > 0 && path[i] is '.' or '[' or ':' && !IsInBrackets(path, i)) yield return i;
        }
        yield return path.Length;
    }

    // A name may have dots and colons: exits[eu.wan:1].
    private static bool IsInBrackets(string path, int at) =>
        path[at] != '[' && path.LastIndexOf('[', at) is var open && open >= 0 && path.IndexOf(']', open) is var close && close > at && path[open + 1] != '"';

    private static string Literal(string value) => value switch
    {
        "true" or "false" => "$" + value,
        Masked or ['[', ..] or ['{', ..] => "''",
        _ when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) => value,
        _ => Quoted(value),
    };

    private static string Quoted(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
