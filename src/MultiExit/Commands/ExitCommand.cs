using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets that change or probe exits of running servers by name.</summary>
public abstract class ExitCommand : ServerCommand
{
    /// <summary>The exits and groups.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Exit")]
    [ArgumentCompleter(typeof(ExitNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The servers' names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach ((RunningServer server, ExitStatus exit, _) in FindExits(Wanted(Server), Wanted(Name))) Try(exit.Name, () => Process(server, exit.Name));
    }

    // The work for one exit.
    private protected abstract void Process(RunningServer server, string exit);

    // The exit as it is now.
    private protected void WriteExit(RunningServer server, string exit)
    {
        IReadOnlyList<ExitStatus> all = Await(token => GetExitsAsync(server, token));
        if (all.FirstOrDefault(status => status.Name == exit) is { } found) WriteObject(MxExit.Of(server, found, all));
    }
}
