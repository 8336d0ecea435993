using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Preflight;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Test-MxServer: whether the host has what a configuration needs, before a start or while the server runs.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxServer", DefaultParameterSetName = ServerSet)]
[OutputType(typeof(MxPreflight))]
public sealed class TestMxServerCommand : ServerCommand
{
    private const string ServerSet = "Server";
    private const string ConfigSet = "Config";

    /// <summary>The running servers' names.</summary>
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

    /// <summary>The configuration files of servers that are still to start.</summary>
    [Parameter(ParameterSetName = ConfigSet, Mandatory = true)]
    [Alias("Path", "LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] Config { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ConfigSet)
        {
            foreach (string path in Config) Try(path, () => Check(path));
        }
        else
        {
            AskServers(Wanted(Name), (server, token) => server.Control.CheckHostAsync(token), (server, results) => Write(server.Name, results));
        }
    }

    private void Check(string path)
    {
        ConfigResult result = ConfigLoader.LoadFile(ExistingFile(path));
        if (result.Config is { } config && result.IsValid) Write(config.Name, Await(token => ServerPreflight.RunAsync(config, token)));
        else WriteError(NewError(result, path));
    }

    private void Write(string server, IReadOnlyList<PreflightResult> results)
    {
        foreach (PreflightResult result in results) WriteObject(new MxPreflight(server, result));
    }
}
