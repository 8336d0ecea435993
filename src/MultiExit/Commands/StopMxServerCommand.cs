using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Stop-MxServer: at once, or after the live sessions have ended.</summary>
[Cmdlet(VerbsLifecycle.Stop, "MxServer", SupportsShouldProcess = true)]
[OutputType(typeof(MxServer))]
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

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        RunningServer[] servers = [.. Find(Wanted(Name))
            .Where(server => ShouldProcess(server.Name, Drain || Deadline is not null ? "Drain and stop server" : "Stop server"))];
        // Null leaves the time to the configuration's limits.drain_timeout.
        TimeSpan? wait = Deadline ?? (Drain ? null : TimeSpan.Zero);
        AskServers(servers, (server, token) => server.Control.StopAsync(wait, token), (server, stopped) =>
        {
            if (PassThru) WriteObject(new MxServer(server, stopped));
        });
    }
}
