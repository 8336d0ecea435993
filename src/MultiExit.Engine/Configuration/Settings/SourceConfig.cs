using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>A file or URL whose content is read again and again while the server runs.</summary>
public abstract record SourceConfig
{
    /// <summary>How often a URL is asked when nothing is said.</summary>
    public static readonly TimeSpan UsualFetch = TimeSpan.FromHours(1);

    /// <summary>How often a file is looked at when nothing is said.</summary>
    public static readonly TimeSpan UsualLook = TimeSpan.FromSeconds(10);

    internal static readonly DurationRange EveryRange = new("every", TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));

    /// <summary>The file, absolute; null where there is a URL.</summary>
    public string? File { get; init; }

    /// <summary>The URL, <c>https://</c> or <c>http://</c>; a secret, since it may have a token in it. Null where there is a file.</summary>
    public Secret? Url { get; init; }

    /// <summary>How often it is fetched or looked at (1 s to 30 days, default 1 h for a URL and 10 s for a file).</summary>
    public TimeSpan Every { get; init; } = UsualFetch;

    /// <summary>The SHA-256 that the content must have, as 64 hexadecimal digits; null: any.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The exit or group by which a URL is fetched; null: straight from this host.</summary>
    public string? Via { get; init; }

    /// <summary>The file in which the last good content is kept; null: one in the state folder of the host's user.</summary>
    public string? State { get; init; }

    /// <summary>Where it comes from, for people.</summary>
    public string Source => File ?? ShownUrl.Of(System.Text.Encoding.UTF8.GetString(Url!.Reveal()));

    /// <summary>Checks the values that have a range.</summary>
    internal virtual void Check(ValueCheck check) => check.Check(EveryRange, Every);
}
