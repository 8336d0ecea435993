using System.Globalization;
using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Get-MxNode: the nodes of the fleets that running servers are members of.</summary>
[Cmdlet(VerbsCommon.Get, "MxNode")]
[OutputType(typeof(MxNode))]
public sealed class GetMxNodeCommand : ServerCommand
{
    /// <summary>The nodes.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The servers' names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        List<(RunningServer Server, FleetStatus Fleet, NodeStatus Node)> all = [];
        ForEachServer(Wanted(Server), server =>
        {
            if (Await(server.Control.GetStatusAsync).Fleet is not { } fleet) return;
            all.AddRange(fleet.Nodes.Select(node => (server, fleet, node)));
            if (fleet is { Reachable: false, Problem: not null })
                WriteWarning($"{server.Name}: the store of its fleet {fleet.Fleet} does not answer; {Age(fleet.Lag)}.");
        });
        foreach (NamePattern name in Wanted(Name))
        {
            (RunningServer Server, FleetStatus Fleet, NodeStatus Node)[] found = name.Choose(all, item => item.Node.Name);
            foreach ((RunningServer server, FleetStatus fleet, NodeStatus node) in found) WriteObject(new MxNode(server, fleet, node));
            if (found.Length == 0 && !name.IsWildcard)
            {
                WriteError(NewError("NodeNotFound", ErrorCategory.ObjectNotFound, name.Text,
                    $"No node named '{name.Text}' is known to the running servers asked for.{name.Hint}"));
            }
        }
    }

    private static string Age(TimeSpan? lag) => lag is { } age
        ? string.Create(CultureInfo.InvariantCulture, $"the nodes are what it said {age.TotalSeconds:0} s ago, and some may have ended since")
        : "it has not answered since the server was started, so that no other node is known";
}
