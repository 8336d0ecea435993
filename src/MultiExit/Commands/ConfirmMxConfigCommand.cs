using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Confirm-MxConfig: keeps a change that would otherwise be rolled back.</summary>
[Cmdlet(VerbsLifecycle.Confirm, "MxConfig", SupportsShouldProcess = true)]
[OutputType(typeof(MxConfig))]
public sealed class ConfirmMxConfigCommand : ServerConfigCommand
{
    /// <summary>The server.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ServerOf]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <summary>Write the configuration in force.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (FindServer(Wanted(Name)) is not { } server || !ShouldProcess(server.Name, "Confirm configuration")) return;

        Try(server.Name, () =>
        {
            ConfigStatus status = Await(server.Control.ConfirmConfigAsync);
            if (PassThru) WriteObject(new MxConfig(server, status));
        });
    }
}
