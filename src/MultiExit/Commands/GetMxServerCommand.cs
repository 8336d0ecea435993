using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Get-MxServer: the servers of this session, or of other processes.</summary>
[Cmdlet(VerbsCommon.Get, "MxServer")]
[OutputType(typeof(MxServer))]
public sealed class GetMxServerCommand : ServerCommand
{
    /// <summary>The names.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ServerOf]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEachServer(Wanted(Name), server => WriteObject(new MxServer(server, Await(server.Control.GetStatusAsync))));
}
