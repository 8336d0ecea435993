using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>Which records of ended sessions are looked for: those that meet all that is given.</summary>
public sealed record RecordQuery
{
    /// <summary>The most records of one page.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>The most records of one page of a fleet.</summary>
    public const int MaxFleetLimit = 1000;

    /// <summary>What is expected as a source, for errors.</summary>
    public const string SourceExpected = "an address, with its port or without, such as 198.51.100.10:41822 or [2001:db8::1]:41822";

    /// <summary>Address and port of the connection that left; port 0: any port.</summary>
    public IPEndPoint? Source { get; init; }

    /// <summary>Sessions that were alive then, give or take <see cref="Within"/>.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>How exact <see cref="At"/> is.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The authenticated user.</summary>
    public string? User { get; init; }

    /// <summary>The destination as the client asked for it: a host with any port, or <c>host:port</c>.</summary>
    public string? Destination { get; init; }

    /// <summary>The exit.</summary>
    public string? Exit { get; init; }

    /// <summary>How it ended.</summary>
    public SessionOutcome? Outcome { get; init; }

    /// <summary>Sessions that ended then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Sessions that ended then or earlier.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The most records of the page, 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 1000;

    /// <summary>The <see cref="RecordPage.Next"/> of the page before.</summary>
    public long? Before { get; init; }

    /// <summary>Reads a source: an address, with its port or without.</summary>
    public static bool TryParseSource(string text, [NotNullWhen(true)] out IPEndPoint? source)
    {
        ArgumentNullException.ThrowIfNull(text);
        source = null;
        string bare = text is ['[', .., ']'] ? text[1..^1] : text;
        if (AddressText.TryParse(bare, out IPAddress? address)) source = new IPEndPoint(Plain(address), 0);
        else if (text.LastIndexOf(':') is > 0 and var colon && AddressText.TryParse(text[..colon].Trim('[', ']'), out address)
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0)
            source = new IPEndPoint(Plain(address), port);
        return source is not null;
    }

    /// <summary>Reads an outcome by its word; case does not count.</summary>
    public static bool TryParseOutcome(string text, out SessionOutcome outcome)
    {
        foreach (SessionOutcome known in Enum.GetValues<SessionOutcome>())
        {
            outcome = known;
            if (string.Equals(known.Word(), text, StringComparison.OrdinalIgnoreCase)) return true;
        }
        outcome = default;
        return false;
    }

    /// <summary>The words of all outcomes.</summary>
    public static IReadOnlyList<string> Outcomes { get; } = [.. Enum.GetValues<SessionOutcome>().Select(outcome => outcome.Word())];

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
