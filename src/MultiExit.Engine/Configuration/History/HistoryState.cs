namespace MultiExit.Engine.Configuration.History;

/// <summary>What a start has to know.</summary>
/// <param name="Current">The version that counts at a start: the one in force, or the one before when that is not confirmed.</param>
/// <param name="File">The server's own file.</param>
/// <param name="FileSha256">The hash of that file's text when <paramref name="Current"/> was put in force: a file that has not changed since
/// is older than the version; null when it could not be read.</param>
/// <param name="Pending">The version that waits for its confirmation.</param>
internal sealed record HistoryState(int Current, string? File, string? FileSha256, PendingVersion? Pending);
