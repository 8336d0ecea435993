using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>Test-MxSnat: compares the system with the plan of each file and reports the differences.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxSnat", DefaultParameterSetName = PathSet)]
[OutputType(typeof(MxSnatTest))]
public sealed class TestMxSnatCommand : ProvisioningCommand
{
    private protected override void Process(string file, string target, GatewayConfig config)
    {
        SnatStatus status = Await(new SnatManager(config).GetStatusAsync);
        if (status.Differences is { } differences) WriteObject(new MxSnatTest(file, config.Name, status.Backend, differences));
        else WriteError(NewError(status.Failure!, target));
    }
}
