namespace MultiExit.Engine.Status;

/// <summary>The limits of an exit, and whether one is reached. Of a pool and its addresses they are those of all addresses together.</summary>
/// <param name="Connections">The most live sessions; null: any number.</param>
/// <param name="Bandwidth">Bytes a second in each direction; null: not limited.</param>
/// <param name="Quota">The bytes that it may move in a month; null: any number.</param>
/// <param name="UsedThisMonth">Bytes in both directions this calendar month (UTC), counted since it has a quota, kept over restarts; null without
/// one.</param>
/// <param name="Shadow">Whether the limits only say what they would refuse.</param>
/// <param name="Reached">Why no new connection may go to it, in a sentence; null: one may.</param>
public sealed record ExitLimitStatus(int? Connections, long? Bandwidth, long? Quota, long? UsedThisMonth, bool Shadow, string? Reached);
