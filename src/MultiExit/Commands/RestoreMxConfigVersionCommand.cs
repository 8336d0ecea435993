using System.Management.Automation;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;

namespace MultiExit.Commands;

/// <summary>Restore-MxConfigVersion: puts an earlier version in force again.</summary>
[Cmdlet(VerbsData.Restore, "MxConfigVersion", SupportsShouldProcess = true)]
[OutputType(typeof(MxConfigVersion))]
public sealed class RestoreMxConfigVersionCommand : ServerConfigCommand
{
    /// <summary>The version.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateRange(1, int.MaxValue)]
    public int Version { get; set; }

    /// <summary>The server.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <summary>Write the version that is in force then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (FindServer(Wanted(Name)) is not { } server) return;

        Try(Version, () =>
        {
            if (!Ask(server, $"Restore version {Version}", Await(token => server.Control.CheckVersionAsync(Version, token)))) return;

            // Asked before the change: the version may have its control socket elsewhere.
            string? history = PassThru ? Await(server.Control.GetConfigAsync).History : null;
            ConfigVersion restored = Await(token => server.Control.RestoreVersionAsync(Version, cancellationToken: token));
            WarnOf(server);
            if (PassThru) WriteObject(new MxConfigVersion(server, history!, restored, inForce: true));
        });
    }

    private void WarnOf(RunningServer server)
    {
        try
        {
            WriteWarnings(server.Name, Await(server.Control.GetConfigAsync).Warnings);
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.ControlUnreachable)
        {
            WriteWarning($"{server.Name}: the restored configuration has its control socket elsewhere; Get-MxServer over that one shows its warnings.");
        }
    }
}
