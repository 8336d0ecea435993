using System.Management.Automation;

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
        RunningServer[] servers = [.. Find(Wanted(Name))
            .Where(server => ShouldProcess(server.Name, "Start a new process in the place of the one that runs, which drains its sessions"))];
        AskServers(servers, (server, token) => server.Control.UpgradeAsync(token), (server, restarted) =>
        {
            if (PassThru) WriteObject(new MxServer(server, restarted));
        });
    }
}
