using System.Management.Automation;
using MultiExit.Engine;

namespace MultiExit.Commands;

/// <summary>Get-MxExit: the exits and groups of the servers of this session.</summary>
[Cmdlet(VerbsCommon.Get, "MxExit")]
[OutputType(typeof(MxExit))]
public sealed class GetMxExitCommand : MxCommand
{
    /// <summary>The exits and groups.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ExitNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The servers' names. By value, as a server's Name is not an exit's.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (IGrouping<RunningServer, ExitStatus> found in FindExits(Server, Name).GroupBy(item => item.Server, item => item.Exit))
        {
            IReadOnlyList<ExitStatus> all = found.Key.Gateway.GetExits();
            foreach (ExitStatus exit in found) WriteObject(MxExit.Of(found.Key, exit, all));
        }
    }
}
