using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Where versions of the configuration are kept.</summary>
/// <param name="Directory">The folder, absolute. It and its files are for the server's user alone: versions hold the secrets that the
/// configuration holds.</param>
/// <param name="Keep">The most versions kept, 2 to 10000.</param>
public sealed record HistoryConfig(string Directory, int Keep = HistoryConfig.DefaultKeep)
{
    internal const int DefaultKeep = 50;

    // The one in force and the one before.
    internal static readonly IntegerRange KeepRange = new("keep", 2, 10_000);

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check) => check.Check(KeepRange, Keep);
}
