using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Undo-MxRollout: takes all nodes of a fleet back to the version before.</summary>
[Cmdlet(VerbsCommon.Undo, "MxRollout", SupportsShouldProcess = true)]
[OutputType(typeof(MxRollout))]
public sealed class UndoMxRolloutCommand : ServerCommand
{
    /// <summary>The fleet.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FleetNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Fleet { get; set; } = "";

    /// <summary>The names of the servers that may be asked.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <summary>Write the rollout as it is then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach ((RunningServer server, FleetStatus fleet) in FindFleets([NamePattern.Literal(Fleet)], Wanted(Server)))
        {
            if (!ShouldProcess(fleet.Fleet, "Take all nodes back to the version before")) continue;
            TryServer(server, () =>
            {
                RolloutStatus rollout = Await(token => server.Control.UndoRolloutAsync(cancellationToken: token));
                if (PassThru) WriteObject(new MxRollout(server, rollout));
            });
        }
    }
}
