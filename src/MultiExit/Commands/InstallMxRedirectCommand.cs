using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>Install-MxRedirect: leads what a network sends to the transparent inbounds of each file; all or nothing.</summary>
[Cmdlet(VerbsLifecycle.Install, "MxRedirect", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MxRedirect))]
public sealed class InstallMxRedirectCommand : ProvisioningChangeCommand
{
    private protected override string Action => "Redirect the packets of a network";

    private protected override bool Removes => false;

    private protected override Provisioner ManagerOf(GatewayConfig config) => new RedirectManager(config);

    private protected override void WriteStatus(string file, GatewayConfig config) => WriteInbounds(file, config);
}
