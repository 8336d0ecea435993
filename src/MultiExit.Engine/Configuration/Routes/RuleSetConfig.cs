using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Routes;

/// <summary>A set of domains and networks that rules refer to by its name, from a file or a URL.</summary>
/// <param name="Name">The name.</param>
public sealed record RuleSetConfig(string Name) : SourceConfig
{
    /// <summary>The most bytes of a set.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The most entries of a set.</summary>
    public const int MaxEntries = 2_000_000;

    /// <summary>How its entries are written.</summary>
    public RuleSetFormat Format { get; init; }
}
