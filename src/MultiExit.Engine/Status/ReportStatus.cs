namespace MultiExit.Engine.Status;

/// <summary>What a rule or limit would have done that only reports.</summary>
/// <param name="Name">The rule, <c>rule 2</c>, or the key of the limit.</param>
/// <param name="Text">The rule as a line; null for a limit.</param>
/// <param name="Count">How often since the start, or since the rule changed.</param>
/// <param name="Last">When it did last; null: never.</param>
public sealed record ReportStatus(string Name, string? Text, long Count, DateTimeOffset? Last)
{
    /// <summary>How long a bandwidth would have held sessions back, all waits together; null: it is no bandwidth.</summary>
    public TimeSpan? Held { get; init; }
}
