namespace MultiExit.Engine.Sharing;

/// <summary>A URL that somebody else can use, or why there is none.</summary>
/// <param name="Text">The URL. It holds the secret of the exit or user. Null: there is none.</param>
/// <param name="Problem">Why there is none, as the rest of a sentence; null when there is one.</param>
public sealed record SharedUrl(string? Text, string? Problem)
{
    internal static SharedUrl None(string problem) => new(null, problem);

    // The URL holds a secret.
    /// <inheritdoc/>
    public override string ToString() => Text is null ? $"none: {Problem}" : "***";
}
