using System.Management.Automation;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>Set-MxExit: changes the weight of exits and groups.</summary>
[Cmdlet(VerbsCommon.Set, "MxExit", SupportsShouldProcess = true)]
[OutputType(typeof(MxExit))]
public sealed class SetMxExitCommand : ExitCommand
{
    /// <summary>The share in groups with the strategy weighted.</summary>
    [Parameter(Mandatory = true)]
    [ValidateRange(ExitConfig.MinWeight, ExitConfig.MaxWeight)]
    public int Weight { get; set; }

    /// <summary>Write the exits.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process(RunningServer server, string exit)
    {
        if (!ShouldProcess($"{exit} of {server.Name}", $"Set weight {Weight}")) return;
        Await(token => server.Control.SetExitWeightAsync(exit, Weight, token));
        if (PassThru) WriteExit(server, exit);
    }
}
