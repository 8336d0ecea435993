using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Start-MxServer: starts a server.</summary>
[Cmdlet(VerbsLifecycle.Start, "MxServer", DefaultParameterSetName = UrlSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxServer))]
public sealed class StartMxServerCommand : StartCommand
{
    private protected override string Action => "Start server";
}
