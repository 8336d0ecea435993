using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Test-MxExit: probes exits now, through themselves.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxExit")]
[OutputType(typeof(MxExitTest))]
public sealed class TestMxExitCommand : ExitCommand
{
    /// <summary>The target to probe.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>How long a probe may take.</summary>
    [Parameter]
    [Duration(Min = "1ms", Max = "5m")]
    public TimeSpan? Timeout { get; set; }

    private protected override void Process(RunningServer server, string exit) =>
        WriteObject(new MxExitTest(server, Await(token => server.Control.ProbeExitAsync(exit, Target, Timeout, token))));
}
