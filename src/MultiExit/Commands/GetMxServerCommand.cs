using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Get-MxServer: the servers of this session, of connected hosts, or of other processes.</summary>
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
        AskServers(Wanted(Name), (server, token) => server.Control.GetStatusAsync(token), (server, status) => WriteObject(new MxServer(server, status)));
}
