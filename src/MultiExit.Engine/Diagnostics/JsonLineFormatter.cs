using System.Globalization;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The lines of a JSON access log: each is an object, also the one that says how many are missing.</summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    /// <summary>The property whose text is the line of a session.</summary>
    public const string Session = "Session";

    public void Format(LogEvent logEvent, TextWriter output)
    {
        if (logEvent.Properties.TryGetValue(Session, out LogEventPropertyValue? value) && value is ScalarValue { Value: string line }) output.Write(line);
        else output.Write(JsonSerializer.Serialize(new { time = logEvent.Timestamp, message = logEvent.RenderMessage(CultureInfo.InvariantCulture) }));
        output.Write('\n');
    }
}
