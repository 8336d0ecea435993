using System.Management.Automation;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Control;

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
            Try(HistoryPath, () => CompareIn(ExistingFolder(HistoryPath)));
        else if (FindServer(Wanted(Name)) is { } server)
            Try(Version, () => CompareOf(server.Control));
    }

    private void CompareIn(string folder)
    {
        IReadOnlyList<ConfigVersion> versions = ConfigHistory.List(folder);
        int later = With ?? versions.Max(version => version.Number);
        Write(ConfigComparison.Between(ConfigHistory.Load(folder, Version), ConfigHistory.Load(folder, later)), versions, later);
    }

    private void CompareOf(IServerControl server)
    {
        IReadOnlyList<ConfigDifference> differences = Await(token => server.CompareVersionsAsync(Version, With, token));
        Write(differences, Await(server.GetVersionsAsync), With ?? Await(server.GetConfigAsync).Version?.Number ?? Version);
    }

    private void Write(IReadOnlyList<ConfigDifference> differences, IReadOnlyList<ConfigVersion> versions, int later)
    {
        string[] messages = [.. versions.Where(version => version.Number > Math.Min(Version, later) && version.Number <= Math.Max(Version, later))
            .Select(version => version.Message).OfType<string>()];
        string compared = messages.Length == 0 ? $"{Version} -> {later}" : $"{Version} -> {later} ({string.Join("; ", messages)})";
        foreach (ConfigDifference difference in differences)
            WriteObject(new MxConfigDifference(difference, compared));
    }
}
