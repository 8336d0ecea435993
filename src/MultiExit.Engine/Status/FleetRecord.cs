namespace MultiExit.Engine.Status;

/// <summary>A session that has ended on one of the nodes of a fleet.</summary>
/// <param name="Node">The node that it was on.</param>
/// <param name="Session">The session, as that node wrote it.</param>
public sealed record FleetRecord(string Node, SessionRecord Session);
