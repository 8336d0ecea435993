using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MultiExit;

/// <summary>Completes names, with quotes where they are needed.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = (wordToComplete ?? "").Trim('\'', '"');
        foreach ((string name, string tip) in Names(fakeBoundParameters))
        {
            if (!name.StartsWith(word, StringComparison.OrdinalIgnoreCase)) continue;
            string text = name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                ? $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'"
                : name;
            yield return new CompletionResult(text, name, CompletionResultType.ParameterValue, tip.Length == 0 ? name : tip);
        }
    }

    // The names there are, each with what to say of it.
    private protected abstract IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters);

    // The running servers that -Server allows.
    private protected static IEnumerable<RunningServer> Servers(IDictionary boundParameters) => boundParameters["Server"] switch
    {
        null => ServerRegistry.All(),
        IEnumerable names and not string => names.Cast<object>().SelectMany(name => ServerRegistry.Find($"{name}")).Distinct(),
        object name => ServerRegistry.Find($"{name}"),
    };
}
