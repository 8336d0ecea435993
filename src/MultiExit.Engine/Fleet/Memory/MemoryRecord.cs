using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>A row of a record.</summary>
internal sealed record MemoryRecord(string Fleet, string Node, Guid Origin, long Key, SessionRecord Record);
