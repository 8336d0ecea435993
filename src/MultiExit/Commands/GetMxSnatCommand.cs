using System.Management.Automation;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>Get-MxSnat: the exits of each file that get a mark and a routing table, and whether the system is set up for them.</summary>
[Cmdlet(VerbsCommon.Get, "MxSnat", DefaultParameterSetName = PathSet)]
[OutputType(typeof(MxSnat))]
public sealed class GetMxSnatCommand : ProvisioningCommand
{
    private protected override void Process(string file, string target, GatewayConfig config) => WriteExits(file, config);
}
