using System.Globalization;
using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Test-MxExit: probes exits now, through themselves.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxExit", DefaultParameterSetName = TargetSet)]
[OutputType(typeof(MxExitTest))]
[OutputType(typeof(Job))]
public sealed class TestMxExitCommand : ExitCommand
{
    private const string TargetSet = "Target", AddressSet = "ExternalAddress", Pool = "pool";

    // The addresses of a pool may be thousands, and those that do not answer take their time.
    private const int AtOnce = 16;

    private const string Activity = "Probing exits";

    private readonly HashSet<(string Server, string Exit)> _probed = [];
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private int _all, _done;
    private bool _isShown;

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

    /// <summary>Probe as a job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (AsJob)
        {
            WriteJob();
            return;
        }
        (RunningServer Server, ExitStatus Exit, IReadOnlyList<ExitStatus> All)[] found = [.. FindExits(Wanted(Server), Wanted(Name))];
        _all += found.Sum(each => each.Exit.Type == Pool ? each.Exit.Members.Count : 1);
        foreach ((RunningServer server, ExitStatus exit, _) in found)
        {
            if (exit.Type == Pool) ProcessPool(server, exit);
            else Try(exit.Name, () => Process(server, exit.Name));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_isShown) WriteProgress(new ProgressRecord(1, Activity, "done") { RecordType = ProgressRecordType.Completed });
    }

    private protected override void Process(RunningServer server, string exit)
    {
        _probed.Add((server.Name, exit));
        WriteObject(new MxExitTest(server, AwaitShowing(token => ProbeAsync(server, exit, token), () => Look(exit))));
        _done++;
    }

    // One address works where another does not. Those that the caller has named as well, as `wan*` does, are not probed twice.
    private void ProcessPool(RunningServer server, ExitStatus pool)
    {
        foreach (string[] addresses in pool.Members.Where(address => _probed.Add((server.Name, address))).ToArray().Chunk(AtOnce))
        {
            if (!Try(pool.Name, () =>
                {
                    ExitProbe[] probes = AwaitShowing(
                        token => Task.WhenAll(addresses.Select(address => ProbeAsync(server, address, token))), () => Look(pool.Name));
                    _done += probes.Length;
                    foreach (ExitProbe probe in probes) WriteObject(new MxExitTest(server, probe));
                }))
            {
                return;
            }
        }
    }

    // What those that are done took is what the others will take.
    private ProgressRecord? Look(string exit)
    {
        if (_all < 2) return null;
        _isShown = true;
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(_start);
        return new ProgressRecord(1, Activity, string.Create(CultureInfo.CurrentCulture, $"{_done} of {_all}: {exit}"))
        {
            PercentComplete = Math.Min(100, 100 * _done / _all), SecondsRemaining = _done == 0 ? -1 : SecondsOf(elapsed / _done * (_all - _done)),
        };
    }

    private Task<ExitProbe> ProbeAsync(RunningServer server, string exit, CancellationToken cancellationToken) =>
        server.Control.ProbeExitAsync(exit, ExternalAddress?.OriginalString ?? Target, Timeout, ExternalAddress is not null, cancellationToken);
}
