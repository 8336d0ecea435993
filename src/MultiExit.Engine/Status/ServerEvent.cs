using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Status;

/// <summary>Something that an operator may have to know at once (docs/events.md).</summary>
/// <param name="Number">Counts up within a server's life, from 1.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Type">What happened, one of a closed list: <c>exit-down</c>, <c>config-applied</c>, ...</param>
/// <param name="Level">Its level.</param>
/// <param name="Id">The id of the message in the log, <c>MX3002</c>.</param>
/// <param name="Message">The sentence.</param>
/// <param name="Properties">The parts of the sentence, by name: <c>Exit</c>, <c>Client</c>, ...</param>
/// <param name="Repeated">How many of the same subject came shortly before it and were not told; 0 for none.</param>
public sealed record ServerEvent(
    long Number, DateTimeOffset Time, string Type, LogLevel Level, string Id, string Message, IReadOnlyDictionary<string, string> Properties, int Repeated = 0);
