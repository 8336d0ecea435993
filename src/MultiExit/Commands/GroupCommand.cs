using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets for groups.</summary>
public abstract class GroupCommand : ServerCommand
{
    /// <summary>The groups.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(GroupNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The servers' names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <summary>The groups asked for; a name without wildcards that matches none is an error of its own.</summary>
    private protected IEnumerable<(RunningServer Server, GroupStatus Group)> FindGroups() => FindGroups(Wanted(Server), Wanted(Name));
}
