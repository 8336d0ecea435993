using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Get-MxExit: the exits and groups of running servers.</summary>
[Cmdlet(VerbsCommon.Get, "MxExit")]
[OutputType(typeof(MxExit))]
public sealed class GetMxExitCommand : ServerCommand
{
    /// <summary>The exits and groups.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ExitNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The servers' names.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <summary>The fleet whose nodes are all meant.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FleetNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Fleet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Fleet is not null)
        {
            GetOfFleet(Fleet, Wanted(Name));
            return;
        }
        foreach ((RunningServer server, ExitStatus exit, IReadOnlyList<ExitStatus> all) in FindExits(Wanted(Server), Wanted(Name)))
            WriteObject(MxExit.Of(server, exit, all));
    }

    private void GetOfFleet(string fleet, NamePattern[] names)
    {
        FleetQuery query = new() { Exit = WiderOf(names) };
        if (AskFleet(fleet, Wanted(Server), (control, token) => control.GetFleetExitsAsync(query, token)) is not var (nodes, answers)) return;
        MxExit[] all = [.. answers.SelectMany(answer => answer.Items.Select(exit => MxExit.Of(nodes.OriginOf(answer.Node), exit, answer.Items)))];
        foreach (NamePattern name in names)
        {
            MxExit[] found = name.Choose(all, exit => exit.Name);
            // What each node says of one exit beside each other.
            foreach (IGrouping<string, MxExit> same in found.GroupBy(exit => exit.Name, StringComparer.Ordinal))
            {
                string seen = ExitNodes.Describe([.. same.Select(exit => exit.State)]);
                foreach (MxExit exit in same)
                {
                    exit.FleetState = seen;
                    WriteObject(InView(exit, "Node"));
                }
            }
            if (found.Length == 0 && !name.IsWildcard)
            {
                WriteError(NewError("ExitNotFound", ErrorCategory.ObjectNotFound, name.Text,
                    $"No exit or group named '{name.Text}' is on a node of the fleet '{fleet}' that has answered.{name.Hint}"));
            }
        }
    }
}
