namespace MultiExit.Engine.Status;

/// <summary>A group at a moment.</summary>
public sealed record GroupStatus
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>How it chooses, as the configuration writes it.</summary>
    public required string Strategy { get; init; }

    /// <summary>The members of the configuration.</summary>
    public int Configured { get; init; }

    /// <summary>The members that are published now.</summary>
    public int Published { get; init; }

    /// <summary>The members of its list.</summary>
    public int Listed { get; init; }

    /// <summary>The members of all kinds that new connections may go to now.</summary>
    public int Available { get; init; }

    /// <summary>The most members that may be published at a time; null: none may.</summary>
    public int? MaxPublished { get; init; }

    /// <summary>The longest time that a published member lasts; null: none may be published.</summary>
    public TimeSpan? LongestExpiry { get; init; }

    /// <summary>The list that further members come from; null: there is none.</summary>
    public MemberListStatus? List { get; init; }
}
