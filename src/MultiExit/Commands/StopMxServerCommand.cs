using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Stop-MxServer: at once, or after the live sessions have ended.</summary>
[Cmdlet(VerbsLifecycle.Stop, "MxServer", SupportsShouldProcess = true)]
[OutputType(typeof(MxServer))]
[OutputType(typeof(Job))]
public sealed class StopMxServerCommand : ServerCommand
{
    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ServerOf]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Wait for live sessions.</summary>
    [Parameter]
    public SwitchParameter Drain { get; set; }

    /// <summary>The longest wait; implies <see cref="Drain"/>.</summary>
    [Parameter]
    [Duration(Max = "1d")]
    public TimeSpan? Deadline { get; set; }

    /// <summary>Write the stopped servers.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Stop as a job.</summary>
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
        // Null leaves the time to the configuration's limits.drain_timeout.
        TimeSpan? wait = Deadline ?? (Drain ? null : TimeSpan.Zero);
        AskServers(servers, (server, token) => server.Control.StopAsync(wait, token), (server, stopped) =>
        {
            if (PassThru) WriteObject(new MxServer(server, stopped));
        }, (server, _) => LookAtDrain(server));
    }

    private string Action => Drain || Deadline is not null ? "Drain and stop server" : "Stop server";
}
