namespace MultiExit.Engine.Status;

/// <summary>A rule set of a server.</summary>
public sealed record RuleSetStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The file or URL; of a URL the part that holds no secret.</summary>
    public required string Source { get; init; }

    /// <summary>How its entries are written: <c>lines</c>, <c>clash</c>, <c>sing-box</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Whether it is what its source says.</summary>
    public RuleSetState State { get; init; }

    /// <summary>Domains in force.</summary>
    public int Domains { get; init; }

    /// <summary>Networks in force, those within others left out.</summary>
    public int Networks { get; init; }

    /// <summary>Parts of names in force.</summary>
    public int Keywords { get; init; }

    /// <summary>Bytes of memory that its entries take.</summary>
    public long Memory { get; init; }

    /// <summary>The SHA-256 of the content in force; null: there is none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>When the content in force was read from its source; null: there is none.</summary>
    public DateTimeOffset? Loaded { get; init; }

    /// <summary>When the source was last found to say what is in force; null: not since the server's start.</summary>
    public DateTimeOffset? Checked { get; init; }

    /// <summary>Since when it cannot be had; null: it can.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why it cannot be had, with the line where its content is at fault; null: it can.</summary>
    public string? Problem { get; init; }

    /// <summary>How often it is fetched or looked at.</summary>
    public TimeSpan Every { get; init; }
}
