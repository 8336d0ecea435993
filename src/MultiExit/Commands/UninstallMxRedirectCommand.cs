using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>Uninstall-MxRedirect: removes what was set up for the transparent inbounds of each file, and nothing else.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "MxRedirect", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MxRedirect))]
public sealed class UninstallMxRedirectCommand : ProvisioningChangeCommand
{
    private protected override string Action => "Stop to redirect the packets of a network";

    private protected override bool Removes => true;

    private protected override Provisioner ManagerOf(GatewayConfig config) => new RedirectManager(config);

    private protected override void WriteStatus(string file, GatewayConfig config) => WriteInbounds(file, config);
}
