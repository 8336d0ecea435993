using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Enable-MxExit: puts exits and groups back into use.</summary>
[Cmdlet(VerbsLifecycle.Enable, "MxExit", SupportsShouldProcess = true)]
[OutputType(typeof(MxExit))]
public sealed class EnableMxExitCommand : ExitCommand
{
    /// <summary>Write the exits.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process(RunningServer server, string exit)
    {
        if (!ShouldProcess($"{exit} of {server.Name}", "Enable exit")) return;
        Await(token => server.Control.SetExitEnabledAsync(exit, enabled: true, cutSessions: false, token));
        if (PassThru) WriteExit(server, exit);
    }
}
