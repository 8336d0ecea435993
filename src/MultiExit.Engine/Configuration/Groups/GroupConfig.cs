using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Groups;

/// <summary>A group of exits with a strategy.</summary>
public sealed record GroupConfig
{
    internal static readonly DurationRange LifetimeRange = new("lifetime", TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));

    /// <summary>The name, unique among exits and groups.</summary>
    public required string Name { get; init; }

    /// <summary>How a member is chosen.</summary>
    public GroupStrategy Strategy { get; init; } = GroupStrategy.RoundRobin;

    /// <summary>The members: exits or other groups, by name. May be empty where others come at run time.</summary>
    public required IReadOnlyList<string> Exits { get; init; }

    /// <summary>Which members may be published while the server runs (key <c>publish</c>); null: none.</summary>
    public PublishConfig? Publish { get; init; }

    /// <summary>The list that further members come from (key <c>members</c>); null: none do.</summary>
    public MemberListConfig? Members { get; init; }

    /// <summary>Whether members come and go at run time.</summary>
    internal bool TakesMembers => Publish is not null || Members is not null;

    /// <summary>How many other members are tried when a dial fails, before the client is answered (key <c>retries</c>, 0 to 100, default
    /// 0).</summary>
    public int Retries { get; init; }

    /// <summary>When another member is dialed beside one that has not answered yet (key <c>hedge</c>: <c>off</c>, <c>auto</c> or 1 ms to 30 s); null:
    /// never.</summary>
    public HedgeConfig? Hedge { get; init; }

    /// <summary>How its members are checked, those without a check of their own (key <c>health</c>); null: not at all.</summary>
    public HealthConfig? Health { get; init; }

    /// <summary>What happens while no member is up (key <c>health.all_down</c>).</summary>
    public AllDownPolicy AllDown { get; init; }

    /// <summary>The ranges of <see cref="GroupStrategy.PortBased"/> (key <c>port_ranges</c>); the first that matches counts.</summary>
    public IReadOnlyList<PortRangeConfig> PortRanges { get; init; } = [];

    /// <summary>What <see cref="GroupStrategy.DestinationBased"/> (default connection) and <see cref="GroupStrategy.Sticky"/>
    /// (default client) bind (key <c>bind</c>); null for the default.</summary>
    public BindingUnit? Bind { get; init; }

    /// <summary>How long <see cref="GroupStrategy.Sticky"/> remembers a client that had to move to another member, counted from its
    /// last connection (key <c>lifetime</c>, 1 s to 30 days, default 30 min).</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The file in which <see cref="GroupStrategy.Sticky"/> keeps every binding across restarts (key <c>state</c>), a full path;
    /// written every 30 s and at the end, mode 0600. Null: only the moved clients are remembered, and only in memory.</summary>
    public string? StateFile { get; init; }

    /// <summary>The exit whose addresses its members are; null: it is a group of the configuration.</summary>
    internal DirectExitConfig? Pool { get; init; }

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check)
    {
        check.Check(ExitConfig.RetriesRange, Retries);
        check.Check(LifetimeRange, Lifetime);
        if (Hedge?.After is { } after) check.Check(HedgeConfig.Range, after);
        Health?.Check(check.At("health"));
        Publish?.Check(check.At("publish"));
        Members?.Check(check.At("members"));
    }
}
