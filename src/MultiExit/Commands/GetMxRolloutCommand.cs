using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Get-MxRollout: the newest versions of the configurations of fleets, and how far they are.</summary>
[Cmdlet(VerbsCommon.Get, "MxRollout")]
[OutputType(typeof(MxRollout))]
public sealed class GetMxRolloutCommand : ServerCommand
{
    /// <summary>The fleets.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FleetNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Fleet { get; set; } = ["*"];

    /// <summary>The names of the servers that are asked.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach ((RunningServer server, _) in FindFleets(Wanted(Fleet), Wanted(Server)))
        {
            TryServer(server, () =>
            {
                if (Await(server.Control.GetRolloutAsync) is { } rollout) WriteObject(new MxRollout(server, rollout));
            });
        }
    }
}
