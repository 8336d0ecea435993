namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>Limits of the HTTP proxy on message heads. Bodies are streamed and have no limit.</summary>
public sealed record HttpOptions
{
    /// <summary>The longest request or field line in bytes (key <c>max_line</c>, default 8 KiB).</summary>
    public int MaxLine { get; init; } = 8 * 1024;

    /// <summary>The largest head in bytes (key <c>max_head</c>, default 64 KiB).</summary>
    public int MaxHead { get; init; } = 64 * 1024;

    /// <summary>The most fields in a head (key <c>max_fields</c>, default 128).</summary>
    public int MaxFields { get; init; } = 128;

    /// <summary>How long a client may take for a head, and a kept-alive connection may idle between requests
    /// (key <c>head_timeout</c>, default 60 s).</summary>
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The request field whose value names a client's session, for groups that bind it (key <c>session_header</c>); null: none.
    /// It ends here and is not passed on.</summary>
    public string? SessionHeader { get; init; }
}
