namespace MultiExit.Engine.DataPath;

/// <summary>One dial of one exit.</summary>
/// <param name="Exit">The exit's name.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Failure">How it failed; <see cref="DialFailure.None"/> for the one that succeeded.</param>
internal readonly record struct DialAttempt(string Exit, TimeSpan Took, DialFailure Failure);
