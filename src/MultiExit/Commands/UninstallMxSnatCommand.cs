using System.Management.Automation;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>Uninstall-MxSnat: removes what was set up for the configuration of each file, and nothing else.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "MxSnat", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MxSnat))]
public sealed class UninstallMxSnatCommand : SnatChangeCommand
{
    private protected override string Action => "Remove policy routing and source NAT";

    private protected override bool Removes => true;

    private protected override Task<IReadOnlyList<string>> ChangeAsync(SnatManager manager, CancellationToken cancellationToken) =>
        manager.RemoveAsync(cancellationToken);

    private protected override IReadOnlyList<string>? PlanWithout(ProxyException failure, SnatManager manager) => null;
}
