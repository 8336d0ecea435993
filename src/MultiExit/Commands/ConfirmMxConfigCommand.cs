using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Confirm-MxConfig: keeps a change that would otherwise be rolled back.</summary>
[Cmdlet(VerbsLifecycle.Confirm, "MxConfig", DefaultParameterSetName = ServerSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxConfig), typeof(MxRollout))]
public sealed class ConfirmMxConfigCommand : ServerConfigCommand
{
    private const string ServerSet = "Server";
    private const string FleetSet = "Fleet";

    /// <summary>The server; with -Fleet the one that is asked.</summary>
    [Parameter(ParameterSetName = ServerSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = FleetSet, ValueFromPipelineByPropertyName = true)]
    [ServerOf]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <summary>Confirms the version of a fleet's configuration that waits, on all nodes.</summary>
    [Parameter(ParameterSetName = FleetSet, Mandatory = true)]
    [ArgumentCompleter(typeof(FleetNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Fleet { get; set; } = "";

    /// <summary>Write the configuration in force.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == FleetSet)
        {
            ConfirmFleet();
            return;
        }
        if (FindServer(Wanted(Name)) is not { } server || !ShouldProcess(server.Name, "Confirm configuration")) return;

        Try(server.Name, () =>
        {
            ConfigStatus status = Await(server.Control.ConfirmConfigAsync);
            if (PassThru) WriteObject(new MxConfig(server, status));
        });
    }

    private void ConfirmFleet()
    {
        foreach ((RunningServer server, FleetStatus fleet) in FindFleets([NamePattern.Literal(Fleet)], [Wanted(Name)]))
        {
            if (!ShouldProcess(fleet.Fleet, "Confirm configuration on all nodes")) continue;
            TryServer(server, () =>
            {
                RolloutStatus rollout = Await(server.Control.ConfirmRolloutAsync);
                if (PassThru) WriteObject(new MxRollout(server, rollout));
            });
        }
    }
}
