using System.Management.Automation;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;

namespace MultiExit.Commands;

/// <summary>Get-MxConfigVersion: the configurations that were put in force.</summary>
[Cmdlet(VerbsCommon.Get, "MxConfigVersion", DefaultParameterSetName = ServerSet)]
[OutputType(typeof(MxConfigVersion))]
public sealed class GetMxConfigVersionCommand : ServerCommand
{
    private const string ServerSet = "Server";
    private const string FolderSet = "Folder";

    /// <summary>The servers' names.</summary>
    [Parameter(ParameterSetName = ServerSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ServerOf]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    [Parameter(ParameterSetName = ServerSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SocketCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyCollection]
    public override string[]? Socket { get; set; }

    /// <summary>The folder of the versions, of any server.</summary>
    [Parameter(ParameterSetName = FolderSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LiteralPath", "LP", "History")]
    [ValidateNotNullOrEmpty]
    public string HistoryPath { get; set; } = "";

    /// <summary>The numbers; without them all.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateRange(1, int.MaxValue)]
    public int[]? Version { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == FolderSet)
        {
            Try(HistoryPath, () =>
            {
                string folder = ExistingFolder(HistoryPath);
                Write(ConfigHistory.List(folder), version => new MxConfigVersion(null, folder, version, inForce: false));
            });
            return;
        }
        AskServers(Wanted(Name), async (server, token) => (Status: await server.Control.GetConfigAsync(token).ConfigureAwait(false),
                Versions: await server.Control.GetVersionsAsync(token).ConfigureAwait(false)),
            (server, known) => Write(known.Versions,
                version => new MxConfigVersion(server, known.Status.History!, version, known.Status.Version?.Number == version.Number)));
    }

    private void Write(IReadOnlyList<ConfigVersion> versions, Func<ConfigVersion, MxConfigVersion> wrap)
    {
        foreach (int number in (Version ?? []).Where(number => !versions.Any(version => version.Number == number)))
        {
            WriteError(NewError(nameof(ProxyError.VersionNotFound), ErrorCategory.ObjectNotFound, number,
                $"There is no version {number}; Get-MxConfigVersion without -Version lists those that are kept."));
        }
        foreach (ConfigVersion version in versions.Where(version => Version?.Contains(version.Number) != false))
            WriteObject(wrap(version));
    }
}
