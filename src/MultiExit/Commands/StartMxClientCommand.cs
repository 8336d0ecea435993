using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Start-MxClient: starts a client: local proxies whose traffic goes out through a tunnel or another proxy.</summary>
[Cmdlet(VerbsLifecycle.Start, "MxClient", DefaultParameterSetName = UrlSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxServer))]
public sealed class StartMxClientCommand : StartCommand
{
    private protected override string Action => "Start client";
}
