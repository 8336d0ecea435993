using System.Management.Automation;
using MultiExit.Engine.Status;

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
        foreach (RunningServer server in Find(Wanted(Name)))
        {
            if (!ShouldProcess(server.Name, Drain || Deadline is not null ? "Drain and stop server" : "Stop server")) continue;

            Stop(server);
        }
    }

    private void Stop(RunningServer server)
    {
        // Null leaves the time to the configuration's limits.drain_timeout.
        TimeSpan? wait = Deadline ?? (Drain ? null : TimeSpan.Zero);
        try
        {
            ServerStatus stopped = Await(token => server.Control.StopAsync(wait, token));
            if (PassThru) WriteObject(new MxServer(server, stopped));
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            WriteError(NewError(exception, server.Name));
        }
    }
}
