using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>Some of the records of a fleet that were looked for, newest first.</summary>
/// <param name="Records">The records; a page may have none and still not be the last one.</param>
/// <param name="Next">Where the next page begins, for <see cref="RecordQuery.Before"/>; null: this is the last one.</param>
public sealed record FleetRecordPage(IReadOnlyList<FleetRecord> Records, long? Next);
