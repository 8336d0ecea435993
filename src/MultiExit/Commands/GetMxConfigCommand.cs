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
        ForEachServer(Wanted(Name), server => WriteObject(new MxConfig(server, Await(server.Control.GetConfigAsync))));
}
