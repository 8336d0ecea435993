using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>What a rule with <c>action: report</c> or a limit with <c>shadow: true</c> would have done.</summary>
public sealed class MxReport
{
    internal MxReport(ReportStatus status)
    {
        Name = status.Name;
        Rule = status.Text;
        Count = status.Count;
        Last = status.Last;
        Held = status.Held;
    }

    /// <summary>The rule, <c>rule 2</c>, or the key of the limit.</summary>
    public string Name { get; }

    /// <summary>The rule as a line; null for a limit.</summary>
    public string? Rule { get; }

    /// <summary>How often since the server's start, or since the rule changed.</summary>
    public long Count { get; }

    /// <summary>When it did last; null: never.</summary>
    public DateTimeOffset? Last { get; }

    /// <summary>How long a bandwidth would have held sessions back, all waits together; null where it is no bandwidth.</summary>
    public TimeSpan? Held { get; }

    /// <summary>Name and number.</summary>
    public override string ToString() => $"{Name}: {Count}";
}
