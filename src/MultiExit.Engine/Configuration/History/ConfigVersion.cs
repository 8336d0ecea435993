namespace MultiExit.Engine.Configuration.History;

/// <summary>A configuration that was put in force.</summary>
/// <param name="Number">Its number, from 1, in the order of time.</param>
/// <param name="Time">When it was put in force.</param>
/// <param name="Who">The user of the process that did it, or the user that asked over the control socket.</param>
/// <param name="Why">What brought it.</param>
/// <param name="File">The file it was read from; relative paths in it are relative to that file's folder.</param>
/// <param name="Sha256">SHA-256 of its text (UTF-8, without byte order mark), hexadecimal.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Check">The findings of its check: the dialect it is written in, the probe, why it was rolled back.</param>
public sealed record ConfigVersion(
    int Number, DateTimeOffset Time, string Who, ConfigChange Why, string? File, string Sha256, ConfigOutcome Outcome, string Check)
{
    /// <summary>What the change is for, in the words of who made it: one line of at most 500 characters; null: nothing was said.</summary>
    public string? Message { get; init; }
}
