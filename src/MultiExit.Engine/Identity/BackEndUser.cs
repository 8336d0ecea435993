using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Identity;

/// <summary>What a back-end says of a user that it lets in.</summary>
/// <param name="Name">The name, which counts in routes, limits and records.</param>
internal sealed record BackEndUser(string Name)
{
    /// <summary>The most groups of a user.</summary>
    public const int MaxGroups = 256;

    /// <summary>The groups of the user.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What it may use; null: what the configuration says for all.</summary>
    public ScopeLimits? Limits { get; init; }

    /// <summary>The exit or group in place of the default; null: none.</summary>
    public string? Exit { get; init; }
}
