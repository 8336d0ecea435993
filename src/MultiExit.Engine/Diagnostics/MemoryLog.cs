using Serilog.Core;
using Serilog.Events;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The newest messages of a server's log, for operators who have no file of it. Each id has a bound of its own: a flood of one message,
/// which a client may cause, pushes no other message out. Thread-safe.</summary>
internal sealed class MemoryLog : ILogEventSink
{
    /// <summary>How many messages of an id are kept.</summary>
    public const int PerId = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<(long Number, LogEvent Event)>> _byId = new(StringComparer.Ordinal);
    private long _number;

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        string id = LogEntries.IdOf(logEvent);
        lock (_lock)
        {
            if (!_byId.TryGetValue(id, out Queue<(long, LogEvent)>? kept)) _byId[id] = kept = new();
            if (kept.Count >= PerId) kept.Dequeue();
            kept.Enqueue((++_number, logEvent));
        }
    }

    /// <summary>The messages that are kept and selected, oldest first.</summary>
    public IReadOnlyList<LogEntry> Read(LogQuery query)
    {
        List<(long Number, LogEvent Event)> found = [];
        lock (_lock)
        {
            foreach ((string id, Queue<(long Number, LogEvent Event)> kept) in _byId)
                if (query.Takes(id)) found.AddRange(kept.Where(item => LogEntries.LevelOf(item.Event) >= query.Level && !(item.Event.Timestamp < query.Since)));
        }
        found.Sort((one, other) => one.Number.CompareTo(other.Number));
        return [.. found.Skip(query.Last is { } last ? found.Count - last : 0).Select(item => LogEntries.Of(item.Event))];
    }
}
