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

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach ((RunningServer server, ExitStatus exit, IReadOnlyList<ExitStatus> all) in FindExits(Wanted(Server), Wanted(Name)))
            WriteObject(MxExit.Of(server, exit, all));
    }
}
