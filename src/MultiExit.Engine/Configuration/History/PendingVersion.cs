namespace MultiExit.Engine.Configuration.History;

/// <summary>A version that goes again unless it is confirmed.</summary>
/// <param name="Number">The version in force.</param>
/// <param name="Previous">The version that takes its place.</param>
/// <param name="Until">When. A server that starts goes back at once.</param>
public sealed record PendingVersion(int Number, int Previous, DateTimeOffset Until);
