using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>Sessions that a configuration would treat in another way, all in the same.</summary>
public sealed class MxReplayChange
{
    internal MxReplayChange(ReplayChange change)
    {
        From = change.From;
        To = change.To;
        Rule = change.Rule;
        Count = change.Count;
        Examples = [.. change.Examples];
    }

    /// <summary>The exit or group that they took, or <c>refused</c>.</summary>
    public string From { get; }

    /// <summary>The exit or group that they would take, or <c>refused</c>.</summary>
    public string To { get; }

    /// <summary>The rule that decides, or <c>default</c>; for a refusal before any rule, why.</summary>
    public string Rule { get; }

    /// <summary>How many there are.</summary>
    public long Count { get; }

    /// <summary>Some of them, each as a line.</summary>
    public string[] Examples { get; }

    /// <summary>All but the examples in a line.</summary>
    public override string ToString() => $"{Count} from {From} to {To} by {Rule}";
}
