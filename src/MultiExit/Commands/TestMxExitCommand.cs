using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Test-MxExit: probes exits now, through themselves.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxExit", DefaultParameterSetName = TargetSet)]
[OutputType(typeof(MxExitTest))]
public sealed class TestMxExitCommand : ExitCommand
{
    private const string TargetSet = "Target", AddressSet = "ExternalAddress";

    /// <summary>The target to probe.</summary>
    [Parameter(Position = 1, ParameterSetName = TargetSet)]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>The URL of a service that answers with the address it was asked from, to ask in place of a target.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddressSet)]
    [ValidateNotNullOrEmpty]
    public Uri? ExternalAddress { get; set; }

    /// <summary>How long a probe may take.</summary>
    [Parameter]
    [Duration(Min = "1ms", Max = "5m")]
    public TimeSpan? Timeout { get; set; }

    private protected override void Process(RunningServer server, string exit) => WriteObject(new MxExitTest(server, Await(token =>
        server.Control.ProbeExitAsync(exit, ExternalAddress?.OriginalString ?? Target, Timeout, ExternalAddress is not null, token))));
}
