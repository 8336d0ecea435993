using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Diagnostics;

/// <summary>A message of the log.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Level">Its level.</param>
/// <param name="Id">Its id, which never changes: <c>MX2010</c>. docs/operations.md lists them.</param>
/// <param name="Message">The sentence, without the id.</param>
/// <param name="Properties">The parts of the sentence, by name: <c>Client</c>, <c>Inbound</c>, <c>User</c>, <c>Exit</c>, ...</param>
/// <param name="Exception">The exception of a fault of the program, as text; null for all others.</param>
public sealed record LogEntry(
    DateTimeOffset Time, LogLevel Level, string Id, string Message, IReadOnlyDictionary<string, string> Properties, string? Exception = null);
