using MultiExit.Engine.Diagnostics;
using Serilog.Core;
using Serilog.Events;

namespace MultiExit.Engine.Events;

/// <summary>Takes the events out of a log.</summary>
internal sealed class EventSink(EventHub hub) : ILogEventSink
{
    public void Emit(LogEvent logEvent)
    {
        if (EventTypes.Has(LogEntries.IdOf(logEvent))) hub.Publish(LogEntries.Of(logEvent));
    }
}
