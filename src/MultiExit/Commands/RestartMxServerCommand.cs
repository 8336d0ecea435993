using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Restart-MxServer: a new process of the server's program takes the place of the one that runs.</summary>
[Cmdlet(VerbsLifecycle.Restart, "MxServer", SupportsShouldProcess = true)]
[OutputType(typeof(MxServer))]
public sealed class RestartMxServerCommand : ServerCommand
{
    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ServerOf]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Write the servers, by their new processes.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (RunningServer server in Find(Wanted(Name)))
        {
            if (!ShouldProcess(server.Name, "Start a new process in the place of the one that runs, which drains its sessions")) continue;

            Restart(server);
        }
    }

    private void Restart(RunningServer server)
    {
        try
        {
            ServerStatus restarted = Await(server.Control.UpgradeAsync);
            if (PassThru) WriteObject(new MxServer(server, restarted));
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            WriteError(NewError(exception, server.Name));
        }
    }
}
