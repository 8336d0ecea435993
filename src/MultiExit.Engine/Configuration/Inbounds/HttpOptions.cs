using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>Limits of the HTTP proxy on message heads. Bodies are streamed and have no limit.</summary>
public sealed record HttpOptions
{
    internal static readonly SizeRange MaxLineRange = new("max_line", 256, 1 << 20);
    internal static readonly SizeRange MaxHeadRange = new("max_head", 1024, 16 << 20);
    internal static readonly IntegerRange MaxFieldsRange = new("max_fields", 8, 10_000);
    internal static readonly DurationRange HeadTimeoutRange = new("head_timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));

    /// <summary>The longest request or field line in bytes (key <c>max_line</c>, 256 B to 1 MiB, at most <see cref="MaxHead"/>, default 8 KiB).</summary>
    public int MaxLine { get; init; } = 8 * 1024;

    /// <summary>The largest head in bytes (key <c>max_head</c>, 1 KiB to 16 MiB, default 64 KiB).</summary>
    public int MaxHead { get; init; } = 64 * 1024;

    /// <summary>The most fields in a head (key <c>max_fields</c>, 8 to 10000, default 128).</summary>
    public int MaxFields { get; init; } = 128;

    /// <summary>How long a client may take for a head, and a kept-alive connection may idle between requests
    /// (key <c>head_timeout</c>, 100 ms to 1 h, default 60 s).</summary>
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The request field whose value names a client's session, for groups that bind it (key <c>session_header</c>); null: none.
    /// It ends here and is not passed on.</summary>
    public string? SessionHeader { get; init; }

    /// <summary>What is wrong with <see cref="MaxLine"/> beside <see cref="MaxHead"/>; null when they fit.</summary>
    internal string? Contradiction => MaxLine <= MaxHead ? null
        : $"max_line ({SizeText.Format(MaxLine)}) is more than max_head ({SizeText.Format(MaxHead)}); expected at most that";

    internal void Check(ValueCheck check)
    {
        check.Check(MaxLineRange, MaxLine);
        check.Check(MaxHeadRange, MaxHead);
        check.Check(MaxFieldsRange, MaxFields);
        check.Check(HeadTimeoutRange, HeadTimeout);
        check.Add(MaxLineRange.Key, Contradiction);
    }
}
