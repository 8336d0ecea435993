using System.Management.Automation;
using MultiExit.Engine.Configuration.History;

namespace MultiExit.Commands;

/// <summary>Compare-MxConfigVersion: what differs between two versions, key by key.</summary>
[Cmdlet(VerbsData.Compare, "MxConfigVersion", DefaultParameterSetName = ServerSet)]
[OutputType(typeof(MxConfigDifference))]
public sealed class CompareMxConfigVersionCommand : ServerConfigCommand
{
    private const string ServerSet = "Server";
    private const string FolderSet = "Folder";

    /// <summary>The earlier version.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateRange(1, int.MaxValue)]
    public int Version { get; set; }

    /// <summary>The later version; without it the one in force, or the newest of the folder.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateRange(1, int.MaxValue)]
    public int? With { get; set; }

    /// <summary>The server.</summary>
    [Parameter(ParameterSetName = ServerSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

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

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == FolderSet)
            Try(HistoryPath, () => Write(CompareIn(ExistingFolder(HistoryPath))));
        else if (FindServer(Wanted(Name)) is { } server)
            Try(Version, () => Write(Await(token => server.Control.CompareVersionsAsync(Version, With, token))));
    }

    private IReadOnlyList<ConfigDifference> CompareIn(string folder) => ConfigComparison.Between(
        ConfigHistory.Load(folder, Version), ConfigHistory.Load(folder, With ?? ConfigHistory.List(folder).Max(version => version.Number)));

    private void Write(IReadOnlyList<ConfigDifference> differences)
    {
        foreach (ConfigDifference difference in differences)
            WriteObject(new MxConfigDifference(difference));
    }
}
