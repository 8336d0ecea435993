namespace MultiExit.Engine.Provisioning;

/// <summary>One difference between the system and the plan.</summary>
/// <param name="Name">The exit (of source NAT) or inbound (of a redirection) that does not work because of it; null when that is none or all of
/// them.</param>
/// <param name="Kind">The kind of difference.</param>
/// <param name="Message">The difference in a sentence.</param>
public sealed record SetupDifference(string? Name, SetupDifferenceKind Kind, string Message)
{
    /// <summary>The sentence.</summary>
    public override string ToString() => Message;

    // A reason why the whole set-up does not fit says more than the parts that are missing for it.
    internal static string? FirstOf(string name, IReadOnlyList<SetupDifference>? differences) =>
        differences?.FirstOrDefault(difference => difference.Name == name) is not { } own ? null
        : differences.FirstOrDefault(difference => difference is { Name: null, Kind: SetupDifferenceKind.Collision })?.Message ?? own.Message;
}
