using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Unpublish-MxExit: takes published exits out of their groups.</summary>
[Cmdlet(VerbsData.Unpublish, "MxExit", SupportsShouldProcess = true)]
[OutputType(typeof(MxExit))]
public sealed class UnpublishMxExitCommand : ServerCommand
{
    /// <summary>The groups.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Groups")]
    [ArgumentCompleter(typeof(GroupNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Group { get; set; } = [];

    /// <summary>The published exits.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(MemberNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The servers' names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <summary>Write the exits as they were.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        List<(RunningServer Server, ExitStatus Exit)> all = [];
        foreach ((RunningServer server, GroupStatus group) in FindGroups(Wanted(Server), Wanted(Group)))
        {
            Try(group.Name, () => all.AddRange(Await(token => server.Control.GetMembersAsync(group.Name, token))
                .Where(member => member.Origin == MemberOrigin.Published).Select(member => (server, member))));
        }
        foreach (NamePattern name in Wanted(Name))
        {
            (RunningServer Server, ExitStatus Exit)[] found = name.Choose(all, item => item.Exit.Name);
            foreach ((RunningServer server, ExitStatus exit) in found)
            {
                if (!ShouldProcess($"{exit.Name} of group {exit.MemberOf} on {server.Name}", "Unpublish exit")) continue;
                bool isDone = Try(exit.Name, () => Await(token => server.Control.UnpublishExitAsync(exit.MemberOf!, exit.Name, token)));
                if (isDone && PassThru) WriteObject(MxExit.Of(server, exit, []));
            }
            if (found.Length == 0 && !name.IsWildcard)
            {
                WriteError(NewError("MemberNotFound", ErrorCategory.ObjectNotFound, name.Text,
                    $"No published exit named '{name.Text}' is in the groups asked for; it may have expired.{name.Hint}"));
            }
        }
    }
}
