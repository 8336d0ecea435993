namespace MultiExit.Engine.Provisioning;

/// <summary>One difference between the system and the plan.</summary>
/// <param name="Exit">The exit that does not work because of it; null when that is no exit or all of them.</param>
/// <param name="Kind">The kind of difference.</param>
/// <param name="Message">The difference in a sentence.</param>
public sealed record SnatDifference(string? Exit, SnatDifferenceKind Kind, string Message)
{
    /// <summary>The sentence.</summary>
    public override string ToString() => Message;
}
