using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Where records of sessions are kept.</summary>
/// <param name="Path">The name that the files have in common, absolute: <c>run/records.db</c> stands for <c>run/records-2026-11-29.db</c> and so on.</param>
public sealed record RecordsConfig(string Path)
{
    // A day is dropped as a whole, so less than that makes no difference.
    internal static readonly DurationRange KeepRange = new("keep", TimeSpan.FromHours(1), TimeSpan.FromDays(3650));
    internal static readonly SizeRange MaxSizeRange = new("max_size", 1 << 20, 1L << 40);
    internal static readonly DurationRange KeepHistoryRange = new("keep_history", TimeSpan.FromDays(1), TimeSpan.FromDays(3650));

    /// <summary>How long the records of a day are kept after its end (1 h to 3650 days, default 90 days).</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long the history of traffic is kept (1 to 3650 days, default 400 days).</summary>
    public TimeSpan KeepHistory { get; init; } = TimeSpan.FromDays(400);

    /// <summary>The most bytes that all files have together (1 MiB to 1 TiB, default 2 GiB); the oldest are dropped.</summary>
    public long MaxSize { get; init; } = 2L << 30;

    /// <summary>Whether the values of session headers stand in records as they were sent; otherwise a keyed hash of each does.</summary>
    public bool PlainSessionKeys { get; init; }

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check)
    {
        check.Check(KeepRange, Keep);
        check.Check(KeepHistoryRange, KeepHistory);
        check.Check(MaxSizeRange, MaxSize);
    }
}
