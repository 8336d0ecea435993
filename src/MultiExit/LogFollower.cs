using MultiExit.Engine.Diagnostics;

namespace MultiExit;

/// <summary>The log of a server as it grows: each message once. A server is asked again and again; what it answers overlaps, since its clock may be set
/// back.</summary>
/// <param name="server">The server.</param>
internal sealed class LogFollower(RunningServer server)
{
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);

    // Of the last seconds alone, of which a server keeps 200 messages of each id.
    private readonly HashSet<(DateTimeOffset Time, string Id, string Message)> _seen = [];
    private DateTimeOffset _newest;

    /// <summary>The server.</summary>
    public RunningServer Server { get; } = server;

    /// <summary>From when on the server is asked next.</summary>
    public DateTimeOffset? Since => _seen.Count == 0 ? null : _newest - Overlap;

    /// <summary>The messages that are new.</summary>
    /// <param name="entries">What the server answered, oldest first.</param>
    public IReadOnlyList<LogEntry> Take(IReadOnlyList<LogEntry> entries)
    {
        List<LogEntry> fresh = [];
        foreach (LogEntry entry in entries)
        {
            if (!_seen.Add((entry.Time, entry.Id, entry.Message))) continue;
            fresh.Add(entry);
            if (entry.Time > _newest) _newest = entry.Time;
        }
        _seen.RemoveWhere(item => item.Time < _newest - 2 * Overlap);
        return fresh;
    }
}
