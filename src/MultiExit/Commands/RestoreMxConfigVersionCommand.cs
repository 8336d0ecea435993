using System.Management.Automation;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>Restore-MxConfigVersion: puts an earlier version in force again.</summary>
[Cmdlet(VerbsData.Restore, "MxConfigVersion", SupportsShouldProcess = true)]
[OutputType(typeof(MxConfigVersion))]
public sealed class RestoreMxConfigVersionCommand : ServerConfigCommand
{
    /// <summary>The version.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
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
        if (FindServer(Name) is not { } server)
            return;

        Try(server.Name, () =>
        {
            ConfigResult config = server.Managed.LoadVersion(Version);
            if (!config.IsValid)
                WriteError(NewError(config, Version));
            else if (Ask(server, $"Restore version {Version}", config))
            {
                var restored = Await(token => server.Managed.RestoreAsync(Version, null, token));
                if (PassThru)
                    WriteObject(VersionOf(server, restored));
            }
        });
    }
}
