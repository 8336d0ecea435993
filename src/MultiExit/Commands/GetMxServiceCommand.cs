using System.Management.Automation;
using MultiExit.Engine.Services;

namespace MultiExit.Commands;

/// <summary>Get-MxService: the services of systemd that run configurations.</summary>
[Cmdlet(VerbsCommon.Get, "MxService")]
[OutputType(typeof(MxService))]
public sealed class GetMxServiceCommand : ServiceCommand
{
    /// <summary>Their names.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Name, () =>
    {
        foreach (ServiceState service in Find(Name)) WriteObject(new MxService(service));
    });
}
