using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>Uninstall-MxSnat: removes what was set up for the configuration of each file, and nothing else.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "MxSnat", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MxSnat))]
public sealed class UninstallMxSnatCommand : ProvisioningChangeCommand
{
    private protected override string Action => "Remove policy routing and source NAT";

    private protected override bool Removes => true;

    private protected override Provisioner ManagerOf(GatewayConfig config) => new SnatManager(config);

    private protected override void WriteStatus(string file, GatewayConfig config) => WriteExits(file, config);
}
