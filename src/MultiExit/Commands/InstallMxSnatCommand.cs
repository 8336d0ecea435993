using System.Management.Automation;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>Install-MxSnat: sets up policy routing and source NAT for the exits of each file; all or nothing.</summary>
[Cmdlet(VerbsLifecycle.Install, "MxSnat", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MxSnat))]
public sealed class InstallMxSnatCommand : SnatChangeCommand
{
    private protected override string Action => "Set up policy routing and source NAT";

    private protected override bool Removes => false;

    private protected override Task<IReadOnlyList<string>> ChangeAsync(SnatManager manager, CancellationToken cancellationToken) =>
        manager.ApplyAsync(cancellationToken);

    // A user who may not look at the system can still see the commands for a system without a set-up.
    private protected override IReadOnlyList<string>? PlanWithout(ProxyException failure, SnatManager manager) =>
        failure.Reason == ProxyError.PermissionDenied && IsWhatIf ? manager.Plan() : null;
}
