using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Test-MxExit: probes exits now, through themselves.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxExit", DefaultParameterSetName = TargetSet)]
[OutputType(typeof(MxExitTest))]
public sealed class TestMxExitCommand : ExitCommand
{
    private const string TargetSet = "Target", AddressSet = "ExternalAddress", Pool = "pool";

    // The addresses of a pool may be thousands, and those that do not answer take their time.
    private const int AtOnce = 16;

    private readonly HashSet<(string Server, string Exit)> _probed = [];

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

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach ((RunningServer server, ExitStatus exit, _) in FindExits(Wanted(Server), Wanted(Name)))
        {
            if (exit.Type == Pool) ProcessPool(server, exit);
            else Try(exit.Name, () => Process(server, exit.Name));
        }
    }

    private protected override void Process(RunningServer server, string exit)
    {
        _probed.Add((server.Name, exit));
        WriteObject(new MxExitTest(server, Await(token => ProbeAsync(server, exit, token))));
    }

    // One address works where another does not. Those that the caller has named as well, as `wan*` does, are not probed twice.
    private void ProcessPool(RunningServer server, ExitStatus pool)
    {
        foreach (string[] addresses in pool.Members.Where(address => _probed.Add((server.Name, address))).ToArray().Chunk(AtOnce))
        {
            if (!Try(pool.Name, () =>
                {
                    foreach (ExitProbe probe in Await(token => Task.WhenAll(addresses.Select(address => ProbeAsync(server, address, token)))))
                        WriteObject(new MxExitTest(server, probe));
                }))
            {
                return;
            }
        }
    }

    private Task<ExitProbe> ProbeAsync(RunningServer server, string exit, CancellationToken cancellationToken) =>
        server.Control.ProbeExitAsync(exit, ExternalAddress?.OriginalString ?? Target, Timeout, ExternalAddress is not null, cancellationToken);
}
