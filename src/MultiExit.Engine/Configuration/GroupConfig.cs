namespace MultiExit.Engine.Configuration;

/// <summary>A group of exits with a strategy.</summary>
public sealed record GroupConfig
{
    /// <summary>The name, unique among exits and groups.</summary>
    public required string Name { get; init; }

    /// <summary>How a member is chosen.</summary>
    public GroupStrategy Strategy { get; init; } = GroupStrategy.RoundRobin;

    /// <summary>The members: exits or other groups, by name.</summary>
    public required IReadOnlyList<string> Exits { get; init; }

    /// <summary>How many other members are tried when a dial fails, before the client hears of it (key <c>retries</c>, default 0).</summary>
    public int Retries { get; init; }
}
