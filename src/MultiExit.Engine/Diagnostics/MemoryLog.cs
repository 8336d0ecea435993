using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The newest messages of a server's log, for operators who have no file of it. Each id has a bound of its own: a flood of one message,
/// which a client may cause, pushes no other message out. Thread-safe.</summary>
internal sealed class MemoryLog : ILogEventSink
{
    /// <summary>How many messages of an id are kept.</summary>
    public const int PerId = 200;

    private static readonly MessageTemplateTextFormatter Text = new("{Message:lj}", CultureInfo.InvariantCulture);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<(long Number, LogEvent Event)>> _byId = new(StringComparer.Ordinal);
    private long _number;

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        string id = IdOf(logEvent);
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
                if (query.Takes(id)) found.AddRange(kept.Where(item => LevelOf(item.Event) >= query.Level && !(item.Event.Timestamp < query.Since)));
        }
        found.Sort((one, other) => one.Number.CompareTo(other.Number));
        return [.. found.Skip(query.Last is { } last ? found.Count - last : 0).Select(item => Entry(item.Event))];
    }

    private static LogEntry Entry(LogEvent logEvent)
    {
        using StringWriter writer = new(CultureInfo.InvariantCulture);
        Text.Format(logEvent, writer);
        string id = IdOf(logEvent);
        return new LogEntry(logEvent.Timestamp, LevelOf(logEvent), id, writer.ToString()[id.Length..].TrimStart(),
            logEvent.Properties.ToDictionary(property => property.Key, property => ValueOf(property.Value), StringComparer.Ordinal),
            logEvent.Exception?.ToString());
    }

    // Every template of EngineLog begins with it.
    private static string IdOf(LogEvent logEvent)
    {
        string template = logEvent.MessageTemplate.Text;
        int end = template.IndexOf(' ', StringComparison.Ordinal);
        return end < 0 ? "" : template[..end];
    }

    private static string ValueOf(LogEventPropertyValue value) => value is ScalarValue scalar
        ? Convert.ToString(scalar.Value, CultureInfo.InvariantCulture) ?? "" : value.ToString(null, CultureInfo.InvariantCulture);

    private static LogLevel LevelOf(LogEvent logEvent) => logEvent.Level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => LogLevel.Debug,
        LogEventLevel.Information => LogLevel.Info,
        LogEventLevel.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
