using System.Management.Automation;
using MultiExit.Engine.Errors;

namespace MultiExit.Commands;

/// <summary>Disable-MxExit: takes exits and groups out of use.</summary>
[Cmdlet(VerbsLifecycle.Disable, "MxExit", DefaultParameterSetName = KeepSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxExit))]
public sealed class DisableMxExitCommand : ExitCommand
{
    private const string KeepSet = "Keep";
    private const string CutSet = "Cut";

    /// <summary>Let live sessions end by themselves; the default.</summary>
    [Parameter(ParameterSetName = KeepSet)]
    public SwitchParameter KeepSessions { get; set; }

    /// <summary>End live sessions.</summary>
    [Parameter(ParameterSetName = CutSet, Mandatory = true)]
    public SwitchParameter CutSessions { get; set; }

    /// <summary>Write the exits.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process(RunningServer server, string exit)
    {
        if (!ShouldProcess($"{exit} of {server.Name}", CutSessions ? "Disable exit and cut its sessions" : "Disable exit and keep its sessions")) return;
        int cut = Await(token => server.Control.SetExitEnabledAsync(exit, enabled: false, CutSessions, token));
        if (CutSessions) WriteVerbose($"{exit} of {server.Name}: {CountText.Of(cut, "session")} cut");
        if (PassThru) WriteExit(server, exit);
    }
}
