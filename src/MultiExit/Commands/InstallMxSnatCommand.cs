using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>Install-MxSnat: sets up policy routing and source NAT for the exits of each file; all or nothing.</summary>
[Cmdlet(VerbsLifecycle.Install, "MxSnat", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MxSnat))]
public sealed class InstallMxSnatCommand : ProvisioningChangeCommand
{
    private protected override string Action => "Set up policy routing and source NAT";

    private protected override bool Removes => false;

    private protected override Provisioner ManagerOf(GatewayConfig config) => new SnatManager(config);

    private protected override void WriteStatus(string file, GatewayConfig config) => WriteExits(file, config);
}
