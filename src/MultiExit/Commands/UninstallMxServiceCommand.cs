using System.Management.Automation;
using MultiExit.Engine.Services;

namespace MultiExit.Commands;

/// <summary>Uninstall-MxService: stops services and takes their units away.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "MxService", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class UninstallMxServiceCommand : ServiceCommand
{
    /// <summary>Their names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Name, () =>
    {
        foreach (ServiceState service in Find(Name).ToArray())
        {
            Try(service.Name, () =>
            {
                string text = $"Stop and take away the service '{service.Name}':{Environment.NewLine}"
                    + string.Join(Environment.NewLine, Services.PreviewRemoval(service.Name));
                if (ShouldProcess(text, text, "Uninstall service")) Await(token => Services.UninstallAsync(service.Name, token));
            });
        }
    });
}
