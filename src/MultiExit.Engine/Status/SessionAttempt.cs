namespace MultiExit.Engine.Status;

/// <summary>One dial of one exit for a session.</summary>
/// <param name="Exit">The exit's name.</param>
/// <param name="Ms">How long it took, in milliseconds.</param>
/// <param name="Failure">How it failed, as in the outcome of a session; null for the one that succeeded.</param>
public sealed record SessionAttempt(string Exit, double Ms, SessionOutcome? Failure)
{
    /// <summary>The form <c>wan1 TimedOut 5000 ms</c>.</summary>
    public override string ToString() => Failure is { } failure
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Exit} {failure.Word()} {Ms:0} ms")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Exit} {Ms:0} ms");
}
