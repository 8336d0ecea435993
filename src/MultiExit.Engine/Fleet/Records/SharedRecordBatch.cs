using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Records;

/// <summary>Records in the order of their keys.</summary>
/// <param name="Origin">The files that they come from; keys are unique among them.</param>
/// <param name="Records">The records.</param>
/// <param name="UpTo">The greatest key that is done, also when its record is not among them.</param>
internal sealed record SharedRecordBatch(Guid Origin, IReadOnlyList<(long Key, SessionRecord Record)> Records, long UpTo);
