using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Configuration.History;

/// <summary>What a server starts with: its file, or a later configuration of its history.</summary>
/// <param name="Config">The configuration, valid.</param>
/// <param name="Why">The reason to record.</param>
/// <param name="Version">The version that it is already; null for a new one.</param>
/// <param name="Reverted">The version that was not confirmed, as it has to be recorded now.</param>
/// <param name="Note">That it is another configuration than the file's, or that a change was not confirmed; null when there is nothing to say.</param>
internal sealed record HistoryStart(
    ConfigResult Config, ConfigChange Why, ConfigVersion? Version = null, ConfigVersion? Reverted = null, string? Note = null)
{
    /// <summary>Decides what to start with. The later of the file's last change and the last change by command wins; an unconfirmed version
    /// never does.</summary>
    /// <param name="file">The configuration of the file, valid.</param>
    /// <param name="store">The history; null: none.</param>
    /// <exception cref="ProxyException">A version that has to be put in force again cannot be.</exception>
    public static HistoryStart Choose(ConfigResult file, VersionStore? store) => Choose(file, store?.Folder, store?.State);

    /// <summary>Decides what a process goes on with that takes the place of another one: as a start does, but a version that waits for its confirmation is
    /// in force, and goes on waiting.</summary>
    /// <param name="file">The configuration of the file, valid.</param>
    /// <param name="store">The history; null: none.</param>
    /// <exception cref="ProxyException">A version that has to be in force cannot be.</exception>
    public static HistoryStart Continue(ConfigResult file, VersionStore? store)
    {
        if (store?.State is not { Pending: { } pending } || file.Document?.File is not { } path) return Choose(file, store);
        return new HistoryStart(Load(store.Folder, pending.Number, path), ConfigChange.Start, store.Folder.Find(pending.Number));
    }

    /// <summary>The same, without a hold on the folder: what a start would do.</summary>
    /// <param name="file">The configuration of the file, valid.</param>
    /// <param name="folder">The folder of the history; null: none.</param>
    /// <param name="known">The state that its last server left; null when there is none.</param>
    /// <exception cref="ProxyException">A version that would have to be put in force again cannot be.</exception>
    public static HistoryStart Choose(ConfigResult file, HistoryFolder? folder, HistoryState? known)
    {
        ConfigDocument? document = file.Document;
        if (folder is null || known is not { } state || document is null || !string.Equals(state.File, document.File, StringComparison.Ordinal))
            return new HistoryStart(file, ConfigChange.Start);
        bool unchanged = string.Equals(state.FileSha256, document.Sha256, StringComparison.Ordinal);
        if (!unchanged && state.Pending is null) return new HistoryStart(file, ConfigChange.Start);
        int number = state.Pending?.Previous ?? state.Current;
        ConfigVersion? version = folder.Find(number);
        bool isFile = version is not null && string.Equals(version.Sha256, document.Sha256, StringComparison.Ordinal)
            && string.Equals(version.File, document.File, StringComparison.Ordinal);
        ConfigResult config = isFile ? file : Load(folder, number, document.File!);
        return state.Pending is { } pending
            ? new HistoryStart(config, ConfigChange.AutoRevert,
                Reverted: folder.Find(pending.Number) is { } lost
                    ? lost with { Outcome = ConfigOutcome.Reverted, Check = lost.Check + "; the server ended before it was confirmed" } : null,
                Note: $"version {pending.Number} of the configuration was not confirmed before the server ended; version {number} is in force"
                    + (isFile ? "" : $", not {document.File}: reload to take that file"))
            : new HistoryStart(config, ConfigChange.Start, version,
                Note: isFile ? null : $"{document.File} has not changed since version {number} of the configuration took its place; "
                    + $"the server starts with version {number}: reload to take the file");
    }

    private static ConfigResult Load(HistoryFolder folder, int number, string file)
    {
        string remedy = $"; correct that, or delete {Path.Combine(folder.Path, HistoryFolder.StateFile)} to start from {file}";
        ConfigResult config;
        try
        {
            config = ConfigHistory.Load(folder, number);
        }
        catch (ProxyException exception)
        {
            // Whatever is missing or damaged, a caller that starts the server gets the same error reason.
            throw new ProxyException(ProxyError.InvalidConfiguration, exception.Message + remedy, exception);
        }
        return config.IsValid ? config : throw folder.Fault(
            $"says that version {number} was in force, and that is not valid any more: {config.Errors[0]}{remedy}");
    }
}
