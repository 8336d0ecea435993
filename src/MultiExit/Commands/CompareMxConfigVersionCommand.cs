using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;

namespace MultiExit.Commands;

/// <summary>Compare-MxConfigVersion: what one version has otherwise than another, key by key.</summary>
[Cmdlet(VerbsData.Compare, "MxConfigVersion", DefaultParameterSetName = ServerSet)]
[OutputType(typeof(MxConfigDifference))]
public sealed class CompareMxConfigVersionCommand : ServerConfigCommand
{
    private const string ServerSet = "Server";
    private const string FolderSet = "Folder";

    /// <summary>The earlier version.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int Version { get; set; }

    /// <summary>The later version; without it the one in force, or the newest of the folder.</summary>
    [Parameter(Position = 1)]
    [ValidateRange(1, int.MaxValue)]
    public int? With { get; set; }

    /// <summary>The server.</summary>
    [Parameter(ParameterSetName = ServerSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <summary>The folder of the versions, of any server.</summary>
    [Parameter(ParameterSetName = FolderSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string HistoryPath { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == FolderSet)
        {
            string folder = SessionState.Path.GetUnresolvedProviderPathFromPSPath(HistoryPath);
            Try(HistoryPath, () => Compare(
                number => ConfigHistory.Load(folder, number), () => ConfigHistory.Load(folder, ConfigHistory.List(folder).Max(version => version.Number))));
        }
        else if (FindServer(Name) is { } server)
        {
            Try(server.Name, () => Compare(server.Managed.LoadVersion, () => server.Managed.InForce));
        }
    }

    private void Compare(Func<int, ConfigResult> load, Func<ConfigResult> latest)
    {
        ConfigResult before = load(Version);
        foreach (ConfigDifference difference in ConfigComparison.Between(before, With is { } with ? load(with) : latest()))
            WriteObject(new MxConfigDifference(difference));
    }
}
