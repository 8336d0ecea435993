using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Get-MxConfig: the configurations that the servers of this session run.</summary>
[Cmdlet(VerbsCommon.Get, "MxConfig")]
[OutputType(typeof(MxConfig))]
public sealed class GetMxConfigCommand : MxCommand
{
    /// <summary>The servers' names.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (RunningServer server in FindServers(Name))
            WriteObject(new MxConfig(server.Name, server.Managed));
    }
}
