using System.Management.Automation;
using MultiExit.Engine.Services;

namespace MultiExit.Commands;

/// <summary>Install-MxService: makes a configuration a service of systemd.</summary>
[Cmdlet(VerbsLifecycle.Install, "MxService", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MxService))]
public sealed class InstallMxServiceCommand : ServiceCommand
{
    /// <summary>The configuration file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "PSPath", "FullName", "LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string Config { get; set; } = "";

    /// <summary>The service's name; without it that of the file.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The folder with a file for each credential of the configuration.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string CredentialPath { get; set; } = ServiceRequest.DefaultCredentialFolder;

    /// <summary>Let systemd open the sockets of the inbounds.</summary>
    [Parameter]
    public SwitchParameter SocketUnit { get; set; }

    /// <summary>Do not start it now.</summary>
    [Parameter]
    public SwitchParameter NoStart { get; set; }

    /// <summary>Write the service.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Config, () =>
    {
        string file = ExistingFile(Config);
        ServiceRequest request = new(Name ?? System.IO.Path.GetFileNameWithoutExtension(file), file, HostLibrary, FullPath(CredentialPath), SocketUnit);
        string text = $"Make {file} the service '{request.Name}':{Environment.NewLine}"
            + string.Join(Environment.NewLine, Services.PreviewInstallation(request, !NoStart));
        foreach (string problem in ServiceManager.FindUnreadable(request)) WriteWarning(problem);
        if (!ShouldProcess(text, text, "Install service")) return;
        ServiceState state = Await(token => Services.InstallAsync(request, !NoStart, token));
        if (PassThru) WriteObject(new MxService(state));
    });

    private static string HostLibrary =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(typeof(ServiceManager).Assembly.Location)!, "MultiExit.Host.dll");
}
