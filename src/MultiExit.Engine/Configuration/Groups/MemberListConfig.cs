using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Groups;

/// <summary>A list of exits, from a file or a URL, that are members of a group.</summary>
public sealed record MemberListConfig : SourceConfig
{
    /// <summary>The most bytes of a list.</summary>
    public const int MaxBytes = 16 << 20;

    internal static readonly IntegerRange MaxRange = new("max", 1, 100_000);

    /// <summary>The most entries; a longer list is refused (key <c>max</c>, 1 to 100,000, default 10,000).</summary>
    public int Max { get; init; } = 10_000;

    /// <inheritdoc/>
    internal override void Check(ValueCheck check)
    {
        base.Check(check);
        check.Check(MaxRange, Max);
    }
}
