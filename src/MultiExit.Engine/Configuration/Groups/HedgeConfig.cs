using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Groups;

/// <summary>When a group dials another member beside one that has not answered yet.</summary>
/// <param name="After">How long the first one has for itself, 1 ms to 30 s; null (<c>auto</c>): the time that 95 of 100 of its dials took.</param>
public sealed record HedgeConfig(TimeSpan? After = null)
{
    internal static readonly DurationRange Range = new("hedge", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(30));

    /// <inheritdoc/>
    public override string ToString() => After is { } after ? Values.DurationText.Format(after) : "auto";
}
