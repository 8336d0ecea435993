using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace MultiExit.Engine.Diagnostics;

/// <summary>Messages of the log as objects.</summary>
internal static class LogEntries
{
    private static readonly MessageTemplateTextFormatter Text = new("{Message:lj}", CultureInfo.InvariantCulture);

    public static LogEntry Of(LogEvent logEvent)
    {
        using StringWriter writer = new(CultureInfo.InvariantCulture);
        Text.Format(logEvent, writer);
        string id = IdOf(logEvent);
        return new LogEntry(logEvent.Timestamp, LevelOf(logEvent), id, writer.ToString()[id.Length..].TrimStart(),
            logEvent.Properties.ToDictionary(property => property.Key, property => ValueOf(property.Value), StringComparer.Ordinal),
            logEvent.Exception?.ToString());
    }

    /// <summary>The id, which every template of <see cref="EngineLog"/> begins with.</summary>
    public static string IdOf(LogEvent logEvent)
    {
        string template = logEvent.MessageTemplate.Text;
        int end = template.IndexOf(' ', StringComparison.Ordinal);
        return end < 0 ? "" : template[..end];
    }

    public static LogLevel LevelOf(LogEvent logEvent) => logEvent.Level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => LogLevel.Debug,
        LogEventLevel.Information => LogLevel.Info,
        LogEventLevel.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    private static string ValueOf(LogEventPropertyValue value) => value is ScalarValue scalar
        ? Convert.ToString(scalar.Value, CultureInfo.InvariantCulture) ?? "" : value.ToString(null, CultureInfo.InvariantCulture);
}
