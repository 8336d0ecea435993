using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;

namespace MultiExit.Engine.Management;

/// <summary>The configuration in force at a moment, and the change that waits to be confirmed. Immutable: each transition below makes the
/// whole next state, and <see cref="ManagedServer"/> swaps it under its lock.</summary>
/// <param name="InForce">The configuration in force, as it was read.</param>
/// <param name="Store">The history; null without one.</param>
/// <param name="FileSha">Hash of the server's file when the configuration in force was chosen; null when there is no file, or it could not
/// be read.</param>
internal sealed record ChangeState(ConfigResult InForce, VersionStore? Store, string? FileSha)
{
    /// <summary>The version in force; null without a history.</summary>
    public ConfigVersion? Version { get; private init; }

    /// <summary>The version that is rolled back unless it is confirmed; null when none is.</summary>
    public PendingVersion? Pending { get; private init; }

    /// <summary>The configuration that a roll-back puts in force again; null when no change may be rolled back.</summary>
    public ConfigResult? Previous { get; private init; }

    /// <summary>Whether <see cref="LastError"/> is about the watched file as it is now.</summary>
    public bool FileAtFault { get; private init; }

    /// <summary>Why the last configuration that was offered is not in force; null when it is.</summary>
    public string? LastError { get; private init; }

    /// <summary>The start is recorded as a version.</summary>
    public ChangeState Started(ConfigVersion? version) => this with { Version = version };

    /// <summary>A configuration was offered and is not in force.</summary>
    public ChangeState Refused(string reason) => this with { LastError = reason };

    /// <summary>The watched file was looked at: it differs from the file at the last choice, or differs no longer.</summary>
    public ChangeState FileSeen(bool differs) => this with { FileAtFault = differs, LastError = FileAtFault && !differs ? null : LastError };

    /// <summary>Another configuration is in force.</summary>
    public ChangeState Adopted(ConfigResult config, VersionStore? store, ConfigVersion? version, string? fileSha) =>
        this with { InForce = config, Store = store, Version = version, FileSha = fileSha, FileAtFault = false, LastError = null };

    /// <summary>The configuration in force may be rolled back to the one before it.</summary>
    /// <param name="pending">The version that has to be confirmed; null when only a probe decides, and no version is kept.</param>
    /// <param name="previous">The configuration before.</param>
    public ChangeState Waiting(PendingVersion? pending, ConfigResult previous) => this with { Pending = pending, Previous = previous };

    /// <summary>Nothing waits any more: the change stays, or another one took its place.</summary>
    /// <param name="ended">The version that waited, with its outcome; null when there was none.</param>
    public ChangeState Settled(ConfigVersion? ended) =>
        this with { Version = ended is not null && ended.Number == Version?.Number ? ended : Version, Pending = null, Previous = null };

    /// <summary>The configuration before is in force again; its version is not recorded yet.</summary>
    public ChangeState RolledBack(string reason) =>
        this with { InForce = Previous!, FileAtFault = false, LastError = $"the last change went back: {reason}" };

    /// <summary>The roll-back is recorded, and nothing waits any more.</summary>
    public ChangeState RollbackRecorded(ConfigVersion? version) => this with { Version = version, Pending = null, Previous = null };
}
