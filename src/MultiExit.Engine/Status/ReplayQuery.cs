namespace MultiExit.Engine.Status;

/// <summary>What a candidate configuration is held against.</summary>
/// <param name="Against">Which sessions are replayed.</param>
/// <param name="Since">Of recorded ones those that ended then or later; null: all that are kept.</param>
public sealed record ReplayQuery(ReplaySource Against, DateTimeOffset? Since = null);
