using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Management;

/// <content>What happens when the disk has no room: a configuration is in force all the same, and is written when there is room.</content>
public sealed partial class ManagedServer
{
    private static readonly TimeSpan CatchUpEvery = TimeSpan.FromSeconds(30);

    // The version to record for the configuration in force, if it is not recorded; under the lock of changes.
    private ConfigVersion? _unkept;
    private ITimer? _catchingUp;

    // The configuration stays in force when the disk has no room for it. Without a store: the history in force.
    private void Keep(Action write, VersionStore? store = null)
    {
        store ??= _state.Store;
        try
        {
            write();
            if (store is not null) Gateway.Stores.Written(store.Folder.Path);
        }
        catch (ProxyException exception)
        {
            NotKept(exception, store);
        }
    }

    // A fault other than a full disk goes to the caller: an operator can correct it.
    private void KeepIfRoom(VersionStore store, Action write)
    {
        try
        {
            write();
            Gateway.Stores.Written(store.Folder.Path);
        }
        catch (ProxyException exception) when (DiskFull.Is(exception))
        {
            NotKept(exception, store);
        }
    }

    private void NotKept(ProxyException exception, VersionStore? store)
    {
        if (store is null) return;
        Gateway.Stores.Failed(store.Folder.Path, "MX1033", $"the configuration in force is not kept as a version: {exception.Message}");
        _catchingUp ??= _time.CreateTimer(_ => _ = CatchUpInTimeAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _catchingUp.Change(CatchUpEvery, Timeout.InfiniteTimeSpan);
    }

    // The timer's work: it must not throw.
    private async Task CatchUpInTimeAsync()
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_ended) CatchUp();
        }
        catch (Exception exception)
        {
            Gateway.Log.Unexpected("writing the history", exception);
        }
        finally
        {
            _changing.Release();
        }
    }

    private void CatchUp()
    {
        if (_state is { Store: { } store, Pending: null } && Gateway.Stores.IsFailing(store.Folder.Path)) Keep(() => WriteUnkept(store));
    }

    // Under the lock of changes: the configuration in force is recorded as a version where it was not, with the state that a start has to know.
    private void WriteUnkept(VersionStore store)
    {
        if (_state is { Version: null, InForce.Document: { } document } && _unkept is { } draft) _state = _state.Started(store.Add(document, draft));
        if (_state.Version is not { } version) return;
        store.Save(new HistoryState(version.Number, _file, _state.FileSha, null));
        store.Prune(_state.InForce.Config!.History?.Keep ?? HistoryConfig.DefaultKeep);
    }
}
