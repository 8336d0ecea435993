namespace MultiExit.Engine.Identity;

/// <summary>What a client has chosen in its user name.</summary>
internal sealed record NameChoice
{
    /// <summary>The key of its session; null for none.</summary>
    public string? Session { get; init; }

    /// <summary>How long the binding of the session lasts; null: as the group says.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>The exit or group that it wants; null: any.</summary>
    public string? Exit { get; init; }

    /// <summary>The country that the exit is to be in, two capital letters; null: any.</summary>
    public string? Country { get; init; }

    /// <summary>Why nothing can be done for it, in a sentence; null: all that it asks for is understood.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether it leaves out exits that its route would allow.</summary>
    public bool IsNarrow => Exit is not null || Country is not null;

    /// <summary>The exits that it wants, as its name says it: <c>exit=wan2 country=DE</c>; empty for any.</summary>
    public string Scope => string.Join(' ', new[] { Exit is null ? null : "exit=" + Exit, Country is null ? null : "country=" + Country }.OfType<string>());
}
