using System.Management.Automation;
using MultiExit.Engine.Management;

namespace MultiExit.Commands;

/// <summary>Restart-MxServer: a new process of the server's program takes the place of the one that runs.</summary>
[Cmdlet(VerbsLifecycle.Restart, "MxServer", SupportsShouldProcess = true)]
[OutputType(typeof(MxServer))]
[OutputType(typeof(Job))]
public sealed class RestartMxServerCommand : ServerCommand
{
    private const string Action = "Start a new process in the place of the one that runs, which drains its sessions";

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

    /// <summary>Restart as a job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (AsJob)
        {
            if (ShouldProcess(string.Join(", ", Name), Action)) WriteJob();
            return;
        }
        RunningServer[] servers = [.. Find(Wanted(Name)).Where(server => ShouldProcess(server.Name, Action))];
        AskServers(servers, (server, token) => server.Control.UpgradeAsync(token), (server, restarted) =>
        {
            if (PassThru) WriteObject(new MxServer(server, restarted));
        }, Look);
    }

    // The new process may have to fetch lists before it is ready.
    private static ProgressRecord Look(RunningServer server, TimeSpan elapsed) =>
        new(1, $"Restarting {server.Name}", "the new process is getting ready; until then the old one serves")
        {
            PercentComplete = (int)Math.Min(99, elapsed / ManagedServer.StartPatience * 100),
            SecondsRemaining = SecondsOf(ManagedServer.StartPatience - elapsed),
        };
}
