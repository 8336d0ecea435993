using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;

namespace MultiExit;

/// <summary>Completes names, with quotes where they are needed.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // When the completion that this thread is at has to end: servers that do not answer cost no more time together than one.
    [ThreadStatic]
    private static long _until;

    /// <inheritdoc/>
    public virtual IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = (wordToComplete ?? "").Trim('\'', '"');
        BeginAsking();
        foreach ((string name, string tip) in Names(fakeBoundParameters))
        {
            if (!name.StartsWith(word, StringComparison.OrdinalIgnoreCase)) continue;
            yield return new CompletionResult(Quote(name), name, CompletionResultType.ParameterValue, tip.Length == 0 ? name : tip);
        }
    }

    /// <summary>A name or path as it stands in a command.</summary>
    internal static string Quote(string name) => name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '/'))
        ? $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'" : name;

    // The names there are, each with what to say of it.
    private protected abstract IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters);

    // The running servers that -Socket and the parameter for their names allow.
    private protected static IEnumerable<RunningServer> Servers(IDictionary boundParameters, string parameter = "Server")
    {
        NamePattern[] wanted = [.. Texts(boundParameters[parameter]).Select(NamePattern.Typed)];
        return All(boundParameters).Where(server => wanted.Length == 0 || wanted.Any(name => name.IsMatch(server.Name)));
    }

    // The running servers that -Socket allows.
    private protected static IEnumerable<RunningServer> All(IDictionary boundParameters) => boundParameters["Socket"] is null
        ? ServerRegistry.Reached().Where(server => server.Host?.IsLost != true)
        : Reach([.. Texts(boundParameters["Socket"]).SelectMany(Resolve).Distinct(StringComparer.Ordinal)]);

    // The time for all answers of a completion begins.
    private protected static void BeginAsking() => _until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;

    // A server's answer; null when it does not answer at once, for a completion must not keep the user waiting.
    private protected static T? Ask<T>(Func<CancellationToken, Task<T>> question)
        where T : class
    {
        long left = _until - Environment.TickCount64;
        if (left <= 0) return null;
        using CancellationTokenSource limit = new(TimeSpan.FromMilliseconds(Math.Min(left, Patience.TotalMilliseconds)));
        try
        {
            return question(limit.Token).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is ProxyException or OperationCanceledException)
        {
            return null;
        }
    }

    // The files that a path stands for, as it does where the command runs; none where it cannot be one.
    private protected static IReadOnlyList<string> Resolve(string path)
    {
        try
        {
            using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            if (shell.AddScript("$ExecutionContext.SessionState.Path").Invoke() is not [{ BaseObject: PathIntrinsics session }]) return [];
            return WildcardPattern.ContainsWildcardCharacters(path)
                ? [.. session.GetResolvedProviderPathFromPSPath(path, out _)]
                : [session.GetUnresolvedProviderPathFromPSPath(path)];
        }
        catch (RuntimeException)
        {
            return [];
        }
    }

    // All servers are asked at once, so that several silent ones cost no more time than one.
    private static IEnumerable<RunningServer> Reach(string[] sockets) => Ask(async token =>
    {
        RunningServer?[] servers = await Task.WhenAll(sockets.Select(socket => ReachAsync(socket, token))).ConfigureAwait(false);
        return servers.OfType<RunningServer>();
    }) ?? [];

    private static async Task<RunningServer?> ReachAsync(string socket, CancellationToken cancellationToken)
    {
        try
        {
            ControlClient client = new(socket);
            return new RunningServer((await client.GetStatusAsync(cancellationToken).ConfigureAwait(false)).Name, client);
        }
        catch (Exception exception) when (exception is ProxyException or OperationCanceledException)
        {
            return null;
        }
    }

    private protected static IEnumerable<string> Texts(object? value) => value switch
    {
        null => [],
        IEnumerable items and not string => items.Cast<object>().Select(item => $"{item}"),
        _ => [$"{value}"],
    };
}
