using System.Management.Automation;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>Get-MxRedirect: the transparent inbounds of each file that packets are redirected to, and whether the system is set up for them.</summary>
[Cmdlet(VerbsCommon.Get, "MxRedirect", DefaultParameterSetName = PathSet)]
[OutputType(typeof(MxRedirect))]
public sealed class GetMxRedirectCommand : ProvisioningCommand
{
    private protected override void Process(string file, string target, GatewayConfig config) => WriteInbounds(file, config);
}
