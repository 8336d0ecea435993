using System.Management.Automation;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;

namespace MultiExit.Commands;

/// <summary>Get-MxLog: the newest messages of the logs of running servers, whether they have a log file or not.</summary>
[Cmdlet(VerbsCommon.Get, "MxLog")]
[OutputType(typeof(MxLogEntry))]
public sealed class GetMxLogCommand : ServerCommand
{
    /// <summary>The servers' names.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Server")]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The least level.</summary>
    [Parameter]
    [ValidateSet("Debug", "Info", "Warning", "Error")]
    public string Level { get; set; } = "Debug";

    /// <summary>The ids of the messages.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LogIdCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = ["*"];

    /// <summary>The newest ones of each server, this many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>Nothing that was written earlier.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // A server selects by names and their beginnings; the messages that other wildcards leave are counted here.
        bool isKnown = Id.All(id => !WildcardPattern.ContainsWildcardCharacters(id.EndsWith('*') ? id[..^1] : id));
        LogQuery query = new()
        {
            Level = Enum.Parse<LogLevel>(Level, ignoreCase: true), Since = Since, Ids = isKnown ? Id : [], Last = isKnown ? Last : null,
        };
        NamePattern[] ids = [.. Id.Select(NamePattern.Typed)];
        ForEachServer(Wanted(Name), server =>
        {
            LogEntry[] entries = [.. Await(token => server.Control.GetLogAsync(query, token)).Where(entry => ids.Any(id => id.IsMatch(entry.Id)))];
            foreach (LogEntry entry in entries.TakeLast(Last ?? entries.Length)) WriteObject(new MxLogEntry(server, entry));
        });
    }
}
