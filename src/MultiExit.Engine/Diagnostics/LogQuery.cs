using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Diagnostics;

/// <summary>Selects messages of the log.</summary>
public sealed record LogQuery
{
    /// <summary>The least level (default: all that is logged).</summary>
    public LogLevel Level { get; init; }

    /// <summary>The ids, <c>MX2010</c>, or their beginnings, <c>MX20*</c>; empty: all.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>Messages written before this time are left out; null: none are.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many there may be, the newest of those that the other conditions leave; null: any number. From 1.</summary>
    public int? Last { get; init; }

    /// <summary>Whether an id is among the selected ones.</summary>
    internal bool Takes(string id) => Ids.Count == 0 || Ids.Any(wanted => wanted.EndsWith('*')
        ? id.StartsWith(wanted[..^1], StringComparison.OrdinalIgnoreCase) : id.Equals(wanted, StringComparison.OrdinalIgnoreCase));
}
