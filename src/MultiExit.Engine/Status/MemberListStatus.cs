namespace MultiExit.Engine.Status;

/// <summary>The list that members of a group come from.</summary>
public sealed record MemberListStatus
{
    /// <summary>The file or URL; of a URL the part that holds no secret.</summary>
    public required string Source { get; init; }

    /// <summary>Whether what is in force is what the source says.</summary>
    public RuleSetState State { get; init; }

    /// <summary>The SHA-256 of the list in force; null: there is none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>When the list in force was read from its source; null: there is none.</summary>
    public DateTimeOffset? Loaded { get; init; }

    /// <summary>When the source was last found to say what is in force; null: not since the server's start.</summary>
    public DateTimeOffset? Checked { get; init; }

    /// <summary>Since when it cannot be had; null: it can.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why it cannot be had, with the line where it is at fault; null: it can.</summary>
    public string? Problem { get; init; }

    /// <summary>How often it is fetched or looked at.</summary>
    public TimeSpan Every { get; init; }
}
