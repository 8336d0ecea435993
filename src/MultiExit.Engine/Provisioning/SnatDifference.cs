namespace MultiExit.Engine.Provisioning;

/// <summary>One difference between the system and the plan.</summary>
/// <param name="Exit">The exit that does not work for it; null: none or all.</param>
/// <param name="Kind">Where.</param>
/// <param name="Message">What, in a sentence.</param>
public sealed record SnatDifference(string? Exit, SnatDifferenceKind Kind, string Message)
{
    /// <summary>The sentence.</summary>
    public override string ToString() => Message;
}
