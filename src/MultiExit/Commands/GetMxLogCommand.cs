using System.Globalization;
using System.Management.Automation;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;

namespace MultiExit.Commands;

/// <summary>Get-MxLog: the newest messages of the logs of running servers, whether they have a log file or not.</summary>
[Cmdlet(VerbsCommon.Get, "MxLog")]
[OutputType(typeof(MxLogEntry))]
public sealed class GetMxLogCommand : ServerCommand
{
    // A message is seen soon, and a server behind a socket is not busy with answers.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly List<LogFollower> _followed = [];

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
    [Since]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Only what is about these sessions.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SessionIdCompleter))]
    [ValidateRange(1, long.MaxValue)]
    public long[] Session { get; set; } = [];

    /// <summary>Go on with what is written from now on.</summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => AskServers(Wanted(Name), (server, token) => server.Control.GetLogAsync(Query(Since), token), (server, log) =>
    {
        LogFollower follower = new(server);
        LogEntry[] entries = [.. Select(follower, log)];
        foreach (LogEntry entry in entries.TakeLast(Last ?? entries.Length)) WriteObject(new MxLogEntry(server, entry));
        if (Follow) _followed.Add(follower);
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        while (_followed.Count > 0)
        {
            Await(token => Task.Delay(Interval, token));
            _followed.RemoveAll(follower => !Try(follower.Server.Name, () => Write(follower)) || follower.Server.HasEnded);
        }
    }

    private void Write(LogFollower follower)
    {
        foreach (LogEntry entry in Ask(follower, follower.Since ?? Since)) WriteObject(new MxLogEntry(follower.Server, entry));
    }

    private IEnumerable<LogEntry> Ask(LogFollower follower, DateTimeOffset? since) =>
        Select(follower, Await(token => follower.Server.Control.GetLogAsync(Query(since), token)));

    private LogQuery Query(DateTimeOffset? since)
    {
        // A server selects by names and their beginnings; the messages that other wildcards leave are counted here.
        bool isKnown = Session.Length == 0 && Id.All(id => !WildcardPattern.ContainsWildcardCharacters(id.EndsWith('*') ? id[..^1] : id));
        return new LogQuery
        {
            Level = Enum.Parse<LogLevel>(Level, ignoreCase: true), Since = since, Ids = isKnown ? Id : [], Last = isKnown && !Follow ? Last : null,
        };
    }

    private IEnumerable<LogEntry> Select(LogFollower follower, IReadOnlyList<LogEntry> entries)
    {
        NamePattern[] ids = [.. Id.Select(NamePattern.Typed)];
        return follower.Take(entries).Where(entry => Array.Exists(ids, id => id.IsMatch(entry.Id)) && IsOfSession(entry));
    }

    private bool IsOfSession(LogEntry entry) => Session.Length == 0 || (entry.Properties.TryGetValue("Session", out string? text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id) && Session.Contains(id));
}
