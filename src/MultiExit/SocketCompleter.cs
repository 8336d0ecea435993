using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MultiExit;

/// <summary>Completes control sockets: those in the folder where services have them, and any path that is being typed, its sockets first.</summary>
public sealed class SocketCompleter : NameCompleter
{
    private const string Folder = "/run/multiexit";
    private const string Extension = ".sock";

    /// <inheritdoc/>
    public override IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        CompletionResult[] known = [.. base.CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters)];
        if (known.Length > 0 && string.IsNullOrEmpty(wordToComplete)) return known;
        return
        [
            .. known.Concat(CompletionCompleters.CompleteFilename(wordToComplete ?? ""))
                .DistinctBy(result => result.CompletionText, StringComparer.Ordinal)
                .OrderBy(result => !result.ListItemText.EndsWith(Extension, StringComparison.Ordinal)),
        ];
    }

    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters)
    {
        try
        {
            return [.. Directory.EnumerateFiles(Folder, "*" + Extension).Order(StringComparer.Ordinal).Select(path => (path, ""))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // nothing is offered where nothing can be seen
        }
    }
}
