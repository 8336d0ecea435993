using MultiExit.Engine.Status;

namespace MultiExit.Engine.Sessions;

/// <summary>How often rules and limits that only report would have done something. Outlives reloads; its names are those of the configuration,
/// so it is bounded. Thread-safe.</summary>
internal sealed class ReportCounts(TimeProvider time)
{
    // Limits of more users than that are counted together.
    private const int MaxNames = 256;
    private const string Other = "other";
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string? Text, long Count, DateTimeOffset? Last, TimeSpan? Held)> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts once.</summary>
    /// <param name="name">The rule, or the key of the limit.</param>
    /// <param name="held">How long the limit would have held a session back; null: it would have done something else.</param>
    public void Count(string name, TimeSpan? held = null)
    {
        lock (_lock)
        {
            if (_counts.Count >= MaxNames && !_counts.ContainsKey(name)) name = Other;
            (string? text, long count, _, TimeSpan? before) = _counts.GetValueOrDefault(name);
            _counts[name] = (text, count + 1, time.GetUtcNow(), held is null ? before : held + (before ?? TimeSpan.Zero));
        }
    }

    /// <summary>Takes the rules of a configuration. A rule that has changed begins at 0, one that is gone is forgotten.</summary>
    public void Use(IReadOnlyCollection<(string Name, string Text)> rules)
    {
        lock (_lock)
        {
            foreach ((string name, (string? text, _, _, _)) in _counts.ToArray())
                if (text is not null && !rules.Contains((name, text))) _counts.Remove(name);
            foreach ((string name, string text) in rules.Take(MaxNames)) _counts.TryAdd(name, (text, 0, null, null));
        }
    }

    /// <summary>All of them, rules first.</summary>
    public IReadOnlyList<ReportStatus> Get()
    {
        lock (_lock) return [.. _counts
            .Select(each => new ReportStatus(each.Key, each.Value.Text, each.Value.Count, each.Value.Last) { Held = each.Value.Held })
            .OrderBy(each => each.Text is null).ThenBy(each => each.Name.Length).ThenBy(each => each.Name, StringComparer.Ordinal)];
    }
}
