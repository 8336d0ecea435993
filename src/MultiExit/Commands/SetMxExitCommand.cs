using System.Management.Automation;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Set-MxExit: changes the weight of exits and groups.</summary>
[Cmdlet(VerbsCommon.Set, "MxExit", SupportsShouldProcess = true)]
[OutputType(typeof(MxExit))]
public sealed class SetMxExitCommand : ExitCommand
{
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

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
        Await(token => server.Control.SetExitWeightAsync(exit, Weight, cancellationToken: token));
        WarnIfNotKept(server, exit);
        if (PassThru) WriteExit(server, exit);
    }

    // Once for each server.
    private void WarnIfNotKept(RunningServer server, string exit)
    {
        ConfigStatus status = Await(server.Control.GetConfigAsync);
        string? reason = status.History is null ? "its configuration has no `history`"
            : status.Settings.Contains($"{ConfigEdit.SetWeight(exit, Weight).Path}: {Weight}", StringComparer.Ordinal)
                ? null : "its configuration has no place for it";
        if (reason is not null && _warned.Add($"{server.Socket} {server.Name}"))
            WriteWarning($"{server.Name}: the weight of {exit} is gone when the server ends, since {reason}.");
    }
}
