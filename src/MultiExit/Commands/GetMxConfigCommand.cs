using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Get-MxConfig: the configurations that running servers have in force.</summary>
[Cmdlet(VerbsCommon.Get, "MxConfig")]
[OutputType(typeof(MxConfig))]
public sealed class GetMxConfigCommand : ServerCommand
{
    /// <summary>The servers' names.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ServerOf]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        AskServers(Wanted(Name), (server, token) => server.Control.GetConfigAsync(token), (server, status) => WriteObject(new MxConfig(server, status)));
}
