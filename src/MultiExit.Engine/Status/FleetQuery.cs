using System.IO.Enumeration;

namespace MultiExit.Engine.Status;

/// <summary>What the nodes of a fleet are asked for: names and destinations, in which <c>*</c> stands for any characters and <c>?</c> for one. Case does not
/// count; null is all.</summary>
public sealed record FleetQuery
{
    /// <summary>The most characters of each.</summary>
    public const int MaxLength = 256;

    /// <summary>The user.</summary>
    public string? User { get; init; }

    /// <summary>The inbound.</summary>
    public string? Inbound { get; init; }

    /// <summary>The exit or group.</summary>
    public string? Exit { get; init; }

    /// <summary>The destination, host:port.</summary>
    public string? Destination { get; init; }

    /// <summary>Whether each of them has a length that may be.</summary>
    internal bool IsValid => new[] { User, Inbound, Exit, Destination }.All(text => text is null or { Length: > 0 and <= MaxLength });

    /// <summary>Whether a text is one that is asked for; what is not there is asked for by null alone.</summary>
    internal static bool Matches(string? pattern, string? text) =>
        pattern is null || (text is not null && FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true));
}
