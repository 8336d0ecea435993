namespace MultiExit.Engine.Status;

/// <summary>A warning about a configuration, and whether it still holds.</summary>
/// <param name="Warning">The warning.</param>
/// <param name="StillHolds">Looks at the system again: a warning whose cause was removed does not hold any more. Null: it holds as long as
/// the configuration.</param>
internal sealed record SetupWarning(ServerWarning Warning, Func<bool>? StillHolds = null);
