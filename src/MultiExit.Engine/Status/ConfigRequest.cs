using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Status;

/// <summary>How a configuration is to be put in force.</summary>
public sealed record ConfigRequest
{
    /// <summary>The shortest time for a confirmation.</summary>
    public static readonly TimeSpan MinConfirmWithin = TimeSpan.FromSeconds(1);

    /// <summary>The longest time for a confirmation.</summary>
    public static readonly TimeSpan MaxConfirmWithin = TimeSpan.FromDays(1);

    /// <summary>The reason.</summary>
    public ConfigChange Why { get; init; } = ConfigChange.Set;

    /// <summary>The user that asked for it; null: the user of this process.</summary>
    public string? Who { get; init; }

    /// <summary>The server goes back to the configuration before unless the change is confirmed within this time, one
    /// second to one day; null: no confirmation is needed.</summary>
    public TimeSpan? ConfirmWithin { get; init; }

    /// <summary>SHA-256 of the text, hexadecimal, that the server's own file has to have: it is put in force as the caller has checked it, or not
    /// at all; null: as it is.</summary>
    public string? FileSha256 { get; init; }

    /// <summary>A destination that has to be reached through the new configuration, or it is rolled back at once; null: none.</summary>
    public Destination? Probe { get; init; }

    /// <summary>Whether a node of a fleet is changed alone, away from the configuration of its fleet, which it follows no longer then.</summary>
    public bool Local { get; init; }

    /// <summary>Whether it is the server's own file, with the fleet's version over it.</summary>
    internal bool IsOwnFile { get; init; }

    /// <summary>The longest <see cref="Message"/>, in characters.</summary>
    public const int MaxMessage = 500;

    /// <summary>What the change is for, in the author's words: one line, kept with the version; null: nothing is said.</summary>
    public string? Message { get; init; }

    /// <summary>Whether a text may be a <see cref="Message"/>.</summary>
    public static bool IsMessage(string text) => text is { Length: > 0 and <= MaxMessage } && !text.Any(char.IsControl);
}
