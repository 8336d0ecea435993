using System.Globalization;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The line of a JSON access log that says how many are missing: an object, as all others are.</summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(JsonSerializer.Serialize(new { time = logEvent.Timestamp, message = logEvent.RenderMessage(CultureInfo.InvariantCulture) }));
        output.Write('\n');
    }
}
