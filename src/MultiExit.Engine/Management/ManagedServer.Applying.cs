using System.Globalization;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Management;

/// <content>Putting configurations in force.</content>
public sealed partial class ManagedServer
{
    /// <summary>Puts a configuration in force and keeps it as a version.</summary>
    /// <param name="config">A configuration that is valid.</param>
    /// <param name="request">The reason, and whether it has to be confirmed or probed.</param>
    /// <param name="cancellationToken">Ends the wait for other changes, and the probe.</param>
    /// <returns>The version; null without <c>history</c>.</returns>
    /// <exception cref="ProxyException">It cannot be put in force: the earlier one stays, or is back.</exception>
    public async Task<ConfigVersion?> ApplyAsync(ConfigResult config, ConfigRequest? request = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!config.IsValid) throw new ArgumentException("the configuration is not valid", nameof(config));
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ChangeAsync(config, request ?? new ConfigRequest(), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Reads the file again and puts it in force.</summary>
    /// <returns>The result of reading it; when it is not valid, nothing has changed.</returns>
    /// <exception cref="ProxyException">It cannot be put in force: the earlier one stays. Or the server came from URLs.</exception>
    public async Task<ConfigResult> ReloadFileAsync(ConfigChange why, CancellationToken cancellationToken = default)
    {
        if (_file is null) throw new ProxyException(ProxyError.ServerState, $"the server {Gateway.Config.Name} has no file that it could read again");
        // Whether the file is valid or not: programs that rotate logs send SIGHUP too.
        Gateway.ReopenLogs();
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ConfigResult result = ReadOwn(DocumentFile.Read(_file));
            if (result.IsValid)
            {
                await ChangeAsync(result, new ConfigRequest { Why = why, IsOwnFile = true }, cancellationToken).ConfigureAwait(false);
                return result;
            }
            RenewControl();
            Refuse(result);
            return result;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc cref="IServerControl.RestoreVersionAsync"/>
    public async Task<ConfigVersion> RestoreAsync(int number, string? who = null, CancellationToken cancellationToken = default)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ConfigResult config = LoadVersion(number);
            if (!config.IsValid) throw config.ToException($"version {number} is not valid any more; nothing has changed");
            return await ChangeAsync(config, new ConfigRequest { Why = ConfigChange.Restore, Who = who }, cancellationToken, $"version {number} again")
                .ConfigureAwait(false) ?? _state.Store!.Folder.Get(number);
        }
        finally
        {
            _changing.Release();
        }
    }

    // Under the lock, as all below.
    private async Task<ConfigVersion?> ChangeAsync(
        ConfigResult config, ConfigRequest request, CancellationToken cancellationToken, string? remark = null)
    {
        ChangeState before = _state;
        VersionStore? store = before.Store;
        ConfigVersion? version = null;
        RenewControl();
        try
        {
            CheckAllowed(config, request);
            // The check may have recorded the version in force, which is where a roll-back leads.
            before = _state;
            store = StoreFor(config);
            string check = remark is null ? $"valid ({config.Dialect})" : $"valid ({config.Dialect}), {remark}";
            version = Record(store, config, request, check);
            await PutInForceAsync(config).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (exception is ProxyException refused) Refuse(refused.Message);
            Forget(store, version);
            throw;
        }
        Adopt(store, config, version);
        NoteFleet(request, version);
        PendingVersion? waiting = version is not null && IsToBeConfirmed(request, version, before.Version)
            ? new PendingVersion(version.Number, before.Version!.Number, _time.GetUtcNow() + (request.ConfirmWithin ?? ConfigRequest.MaxConfirmWithin)) : null;
        EndWait(before.Pending, ConfigOutcome.Reverted, "another version was restored");
        await WaitForConfirmationAsync(before.InForce, waiting, request, cancellationToken).ConfigureAwait(false);
        return _state.Version;
    }

    private async Task PutInForceAsync(ConfigResult config)
    {
        GatewayConfig named = Named(config.Config!, _options) with { };
        BoundListeners bound = new();
        try
        {
            bound.Control = BindControl(_control, named.ControlSocket, named.ControlGroup);
            bound.Readers = BindControl(_readers, named.ControlReaders?.Path, named.ControlReaders?.Group);
            bound.Scrapers = BindScrapers(named);
            BindDashboard(named, bound);
            // Not to be canceled: otherwise it would be unknown which configuration is in force.
            await Gateway.ReloadAsync(named, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (ReferenceEquals(Gateway.Config, named))
        {
            // The configuration is in force, and the failure came after that: a part of it may be missing.
            Gateway.Log.Unexpected("putting a configuration in force", exception);
        }
        catch
        {
            await bound.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        UseControl(ref _control, named.ControlSocket, named.ControlGroup, bound.Control, readsOnly: false);
        UseControl(ref _readers, named.ControlReaders?.Path, named.ControlReaders?.Group, bound.Readers, readsOnly: true);
        UseScrapers(named, bound.Scrapers);
        UseDashboard(named, bound);
        // A document that has the weights is the only source for them.
        if (WhyNotEdited(config) is null) Gateway.ForgetExitWeights(named);
    }

    private void CheckAllowed(ConfigResult config, ConfigRequest request)
    {
        ChangeState state = _state;
        string name = Gateway.Config.Name;
        if (_ended) throw new ProxyException(ProxyError.ServerState, $"the server {name} has stopped");
        CheckFleet(request);
        if (state.Pending is { } pending && request.Why != ConfigChange.Restore)
        {
            throw new ProxyException(ProxyError.ServerState, string.Create(CultureInfo.InvariantCulture,
                $"version {pending.Number} of the server {name} waits for its confirmation until {pending.Until:yyyy-MM-dd HH:mm:ss} UTC; confirm it, ")
                + $"or restore version {pending.Previous}, and try again");
        }
        if (request.Message is { } message && !ConfigRequest.IsMessage(message))
            throw new ProxyException(ProxyError.InvalidConfiguration, $"a message is one line of at most {ConfigRequest.MaxMessage} characters");
        if (request.ConfirmWithin is { } time)
        {
            StoreOr("cannot go back after a restart and so takes no change that is to be confirmed");
            if (time < ConfigRequest.MinConfirmWithin || time > ConfigRequest.MaxConfirmWithin)
                throw new ProxyException(ProxyError.InvalidConfiguration, "the time for a confirmation is one second to one day");
        }
        if (request.ConfirmWithin is not null || (request.Probe is not null && state.Store is not null))
        {
            CatchUp();
            if (_state.Version is null)
                throw new ProxyException(ProxyError.ServerState,
                    $"the history of the server {name} cannot be written, so a change that may be rolled back is refused");
        }
        bool moves = !string.Equals(config.Config!.History?.Directory, state.Store?.Folder.Path, StringComparison.Ordinal);
        if (moves && (!IsOwnFile(config) || request.ConfirmWithin is not null))
        {
            throw new ProxyException(ProxyError.InvalidConfiguration, $"`history.directory` is another than that of the server {name} "
                + $"({state.Store?.Folder.Path ?? "none"}); it changes by a reload of the server's own file alone, since a start looks there for it");
        }
    }

    // The folder is opened again only when its path has changed.
    private VersionStore? StoreFor(ConfigResult config)
    {
        HistoryConfig? history = config.Config!.History;
        if (history is null || config.Document is null) return null;
        return string.Equals(history.Directory, _state.Store?.Folder.Path, StringComparison.Ordinal) ? _state.Store : VersionStore.Open(history);
    }

    private ConfigVersion? Record(VersionStore? store, ConfigResult config, ConfigRequest request, string check)
    {
        if (store is null) return null;
        ChangeState state = _state;
        ConfigDocument document = config.Document!;
        // The same text once more, for example because a certificate is new, is no other version.
        bool same = store == state.Store && document.IsSameAs(state.InForce.Document) && request.Why != ConfigChange.Restore;
        if (same && state.Version is { } present) return present;
        ConfigVersion draft = Draft(_time, request.Why, ConfigOutcome.Applied, check, request.Who) with { Message = request.Message };
        bool waits = store == state.Store && state.Version is not null && (request.ConfirmWithin is not null || request.Probe is not null);
        _unkept = draft;
        if (!waits)
        {
            ConfigVersion? kept = null;
            KeepIfRoom(store, () => kept = store.Add(document, draft));
            return kept;
        }
        ConfigVersion version = store.Add(document, draft with { Outcome = ConfigOutcome.Unconfirmed });
        // Before it is in force: after a crash from here on, the next start rolls back.
        PendingVersion pending = new(version.Number, state.Version!.Number, _time.GetUtcNow() + (request.ConfirmWithin ?? ConfigRequest.MaxConfirmWithin));
        try
        {
            store.Save(new HistoryState(state.Version.Number, _file, HashOfFile(config), pending));
        }
        catch (ProxyException)
        {
            store.Folder.DeleteIfPossible(version.Number);
            throw;
        }
        return version;
    }

    private static bool IsToBeConfirmed(ConfigRequest request, ConfigVersion version, ConfigVersion? before) =>
        (request.ConfirmWithin is not null || request.Probe is not null) && before is not null && before.Number != version.Number;

    private void Adopt(VersionStore? store, ConfigResult config, ConfigVersion? version)
    {
        VersionStore? before = _state.Store;
        string? fileSha = HashOfFile(config);
        _state = _state.Adopted(config, store, version, fileSha);
        if (store != before) Leave(before);
        if (store is null || version?.Outcome == ConfigOutcome.Unconfirmed) return;
        // There is no version because there was no room for it on the disk.
        if (version is null) return;
        Keep(() => WriteUnkept(store));
    }

    private void Forget(VersionStore? store, ConfigVersion? version)
    {
        ChangeState present = _state;
        if (store is not null && version is not null && version != present.Version)
        {
            Keep(() =>
            {
                if (store == present.Store && store.State is { Pending: { } pending } state && pending.Number == version.Number)
                    store.Save(state with { Pending = null, FileSha256 = present.FileSha });
                store.Remove(version.Number);
            }, store);
        }
        if (store != present.Store) Leave(store);
    }

    // Its faults go with it.
    private void Leave(VersionStore? store)
    {
        if (store is null) return;
        Gateway.Stores.Forget(store.Folder.Path);
        store.Dispose();
    }

    private void Refuse(ConfigResult result)
    {
        string more = result.Errors.Count == 1 ? "" : $" (and {result.Errors.Count - 1} more; Test-MxConfig or `multiexit check` lists all)";
        Refuse(result.Errors[0] + more);
    }

    private void Refuse(string reason)
    {
        Gateway.Log.ReloadFailed(Gateway.Config.Name, reason);
        _state = _state.Refused(reason);
    }

    private bool IsOwnFile(ConfigResult config) =>
        _file is not null && config.Document is { IsInFile: true } document && string.Equals(document.File, _file, StringComparison.Ordinal);

    // Hash of the file on disk at the time of the change.
    private string? HashOfFile(ConfigResult config) => IsOwnFile(config)
        ? config.Document!.Sha256
        : HashOfFile();

    private string? HashOfFile() => _file is not null && DocumentFile.Read(_file).Text is { } text ? ConfigDocument.HashOf(text) : null;
}
