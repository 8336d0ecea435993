using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MultiExit;

/// <summary>Completes the names of the running servers.</summary>
public sealed class ServerNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = (wordToComplete ?? "").Trim('\'', '"');
        foreach (RunningServer server in ServerRegistry.Find(WildcardPattern.Escape(word) + "*"))
        {
            string text = server.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                ? $"'{CodeGeneration.EscapeSingleQuotedStringContent(server.Name)}'"
                : server.Name;
            string tip = string.Join(", ", server.Snapshot().Listeners.Select(listener => listener.ToString()));
            yield return new CompletionResult(text, server.Name, CompletionResultType.ParameterValue, tip.Length == 0 ? server.Name : tip);
        }
    }
}
