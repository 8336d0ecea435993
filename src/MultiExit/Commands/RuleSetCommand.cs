using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets for rule sets.</summary>
public abstract class RuleSetCommand : ServerCommand
{
    /// <summary>The sets.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RuleSetNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The servers' names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <summary>The sets asked for; a name without wildcards that matches none is an error of its own.</summary>
    private protected IEnumerable<(RunningServer Server, RuleSetStatus Set)> FindSets()
    {
        List<(RunningServer Server, RuleSetStatus Set)> all = [];
        AskServers(Wanted(Server), (server, token) => server.Control.GetRuleSetsAsync(token),
            (server, sets) => all.AddRange(sets.Select(set => (server, set))));
        foreach (NamePattern name in Wanted(Name))
        {
            (RunningServer Server, RuleSetStatus Set)[] found = name.Choose(all, item => item.Set.Name);
            foreach ((RunningServer Server, RuleSetStatus Set) item in found) yield return item;
            if (found.Length == 0 && !name.IsWildcard)
            {
                WriteError(NewError("RuleSetNotFound", ErrorCategory.ObjectNotFound, name.Text,
                    $"No rule set named '{name.Text}' is on the running servers asked for.{name.Hint}"));
            }
        }
    }
}
