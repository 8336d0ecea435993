using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>Get-MxSnat: the exits of each file that get a mark and a routing table, and whether the system is set up for them.</summary>
[Cmdlet(VerbsCommon.Get, "MxSnat", DefaultParameterSetName = PathSet)]
[OutputType(typeof(MxSnat))]
public sealed class GetMxSnatCommand : SnatCommand
{
    private protected override void Process(string file, string target, GatewayConfig config, SnatManager manager) => WriteExits(file, config, manager);
}
