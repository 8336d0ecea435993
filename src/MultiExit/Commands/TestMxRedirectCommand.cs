using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>Test-MxRedirect: compares the system with the plan of each file and reports the differences.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxRedirect", DefaultParameterSetName = PathSet)]
[OutputType(typeof(MxRedirectTest))]
public sealed class TestMxRedirectCommand : ProvisioningCommand
{
    private protected override void Process(string file, string target, GatewayConfig config)
    {
        RedirectStatus status = Await(new RedirectManager(config).GetStatusAsync);
        if (status.Differences is { } differences) WriteObject(new MxRedirectTest(file, config.Name, differences));
        else WriteError(NewError(status.Failure!, target));
    }
}
