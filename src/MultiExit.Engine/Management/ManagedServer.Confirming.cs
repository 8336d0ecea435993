using System.Runtime.CompilerServices;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Management;

/// <content>Changes that are rolled back by themselves, and the watched file.</content>
public sealed partial class ManagedServer
{
    private static readonly TimeSpan RevertAgainAfter = TimeSpan.FromSeconds(10);

    /// <summary>Confirms the change that waits for it.</summary>
    /// <returns>The version that stays.</returns>
    /// <exception cref="ProxyException">None waits; it may have been rolled back already.</exception>
    public async Task<ConfigVersion> ConfirmAsync(CancellationToken cancellationToken = default)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_followed.Trial is { } trial) throw OwnedByFleet($"tries version {trial.Number} of it, which Confirm-MxConfig -Fleet confirms on all nodes");
            return ConfirmPending();
        }
        finally
        {
            _changing.Release();
        }
    }

    private ConfigVersion ConfirmPending()
    {
        ChangeState state = _state;
        PendingVersion pending = state.Pending ?? throw new ProxyException(ProxyError.ServerState,
            $"no change of the server {Gateway.Config.Name} waits for a confirmation"
            + (state.Version is { Why: ConfigChange.AutoRevert } now ? $"; version {now.Number} is in force since it went back" : ""));
        // First the state that a start looks at; when that cannot be written, the change is not confirmed.
        VersionStore store = state.Store!;
        store.Save(store.State! with { Current = pending.Number, Pending = null });
        EndWait(pending, ConfigOutcome.Confirmed, "confirmed");
        Gateway.Log.ConfigConfirmed(Gateway.Config.Name, pending.Number);
        Keep(() => store.Prune(state.InForce.Config!.History!.Keep));
        return _state.Version!;
    }

    private async Task WaitForConfirmationAsync(
        ConfigResult before, PendingVersion? waiting, ConfigRequest request, CancellationToken cancellationToken)
    {
        if (waiting is null && request.Probe is null) return;
        _state = _state.Waiting(waiting, before);
        if (request.Probe is { } target)
        {
            string? problem = await ProbeUntilEndAsync(target, cancellationToken).ConfigureAwait(false);
            if (problem is not null)
            {
                RevertIn(RevertAgainAfter);
                await RevertAsync(problem).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                throw new ProxyException(ProxyError.ProbeFailed, $"the earlier configuration is in force again: {problem}");
            }
        }
        if (waiting is null)
        {
            _state = _state.Settled(null);
            return;
        }
        if (request.ConfirmWithin is { } time)
        {
            // From now on: the probe may have taken longer than that.
            PendingVersion fromNow = waiting with { Until = _time.GetUtcNow() + time };
            _state = _state.Waiting(fromNow, before);
            RevertIn(time);
            Gateway.Log.ConfigUnconfirmed(Gateway.Config.Name, waiting.Number, fromNow.Until);
            return;
        }
        VersionStore store = _state.Store!;
        Keep(() => store.Save(store.State! with { Current = waiting.Number, Pending = null }));
        EndWait(waiting, ConfigOutcome.Applied, $"{request.Probe} was reached");
    }

    // A timer of its own each time: one that has fired and waits for the lock must not act on a later change.
    private void RevertIn(TimeSpan time)
    {
        Disarm();
        StrongBox<ITimer?> self = new();
        _deadline = self.Value = _time.CreateTimer(_ => _ = RevertInTimeAsync(self), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _deadline.Change(time, Timeout.InfiniteTimeSpan);
    }

    private void Disarm()
    {
        _deadline?.Dispose();
        _deadline = null;
    }

    // The timer's work: it must not throw.
    private async Task RevertInTimeAsync(StrongBox<ITimer?> due)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_ended && _deadline is not null && _deadline == due.Value) await RevertAsync("it was not confirmed in time").ConfigureAwait(false);
        }
        catch (ProxyException exception)
        {
            // The log has the reason; a port that another program has taken may be free again later.
            _state = _state.Refused(
                $"the earlier configuration cannot be put in force again, it is tried every {DurationText.Seconds(RevertAgainAfter)}: {exception.Message}");
            RevertIn(RevertAgainAfter);
        }
        catch (Exception exception)
        {
            Gateway.Log.Unexpected("going back to an earlier configuration", exception);
            if (_state.Pending is not null) RevertIn(RevertAgainAfter);
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task RevertAsync(string reason)
    {
        ConfigResult previous = _state.Previous!;
        int? pendingNumber = _state.Pending?.Number;
        try
        {
            await PutInForceAsync(previous).ConfigureAwait(false);
        }
        catch (ProxyException exception)
        {
            Gateway.Log.ReloadFailed(Gateway.Config.Name, exception.Message);
            throw;
        }
        _state = _state.RolledBack(reason);
        ConfigVersion? version = _state.Version;
        if (_state is { Store: { } store, Pending: { } pending })
        {
            version = store.Folder.Find(pending.Previous);
            Keep(() =>
            {
                ConfigVersion back = store.Add(previous.Document!, Draft(
                    _time, ConfigChange.AutoRevert, ConfigOutcome.Applied, $"version {pending.Previous} again, version {pending.Number} went: {reason}"));
                store.Save(store.State! with { Current = back.Number, Pending = null });
                Close(pending, ConfigOutcome.Reverted, reason);
                version = back;
                store.Prune(previous.Config!.History!.Keep);
            });
        }
        _state = _state.RollbackRecorded(version);
        Disarm();
        Gateway.Log.ConfigReverted(Gateway.Config.Name, reason);
        NoteFleetReverted(pendingNumber, reason);
    }

    // From here on no change waits.
    private void EndWait(PendingVersion? pending, ConfigOutcome outcome, string remark)
    {
        _state = _state.Settled(pending is null ? null : Close(pending, outcome, remark));
        Disarm();
    }

    // Records the outcome of a version that waited; null when the history does not have it any more.
    private ConfigVersion? Close(PendingVersion pending, ConfigOutcome outcome, string remark)
    {
        if (_state.Store is not { } store || store.Folder.Find(pending.Number) is not { } version) return null;
        ConfigVersion ended = version with { Outcome = outcome, Check = $"{version.Check}; {remark}" };
        Keep(() => store.Update(ended));
        return ended;
    }

    private async Task<string?> ProbeUntilEndAsync(Destination target, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
        return await ProbeAsync(target, either.Token).ConfigureAwait(false);
    }

    // The ways that the inbounds' connections to the target would take now, each once.
    private async Task<string?> ProbeAsync(Destination target, CancellationToken cancellationToken)
    {
        try
        {
            HashSet<string> exits = new(StringComparer.Ordinal);
            string? refusal = null;
            foreach (InboundConfig inbound in Gateway.Config.Inbounds.Where(inbound => inbound.OnlyTarget is null))
            {
                RouteExplanation way = await Gateway.ExplainRouteAsync(
                    new RouteQuery { Destination = target, Inbound = inbound.Name, ResolveNames = true }, cancellationToken).ConfigureAwait(false);
                if (way.Outcome is RouteOutcome.Served or RouteOutcome.Undecided) exits.Add(way.Exit.Name);
                else refusal ??= $"inbound {inbound.Name}: {way.Reason}";
            }
            if (exits.Count == 0) return $"{target} cannot be reached: {refusal ?? "no inbound takes connections to it"}";
            foreach (string exit in exits)
            {
                ExitProbe probe = await Gateway.ProbeExitAsync(exit, $"tcp://{target}", cancellationToken: cancellationToken).ConfigureAwait(false);
                if (!probe.Succeeded) return $"{target} cannot be reached through {exit}: {probe.Error}";
            }
            return null;
        }
        catch (ProxyException exception)
        {
            return $"{target} cannot be probed: {exception.Message}";
        }
        catch (OperationCanceledException)
        {
            return $"the probe of {target} was stopped";
        }
    }

    private async Task<bool> OnFileAsync(DocumentFile file)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_ended) return true;
            if (file.Text is { } text && string.Equals(ConfigDocument.HashOf(text), _state.FileSha, StringComparison.Ordinal))
            {
                _state = _state.FileSeen(differs: false);
                return true;
            }
            // Until the change is settled.
            if (_state.Pending is not null) return false;
            _state = _state.FileSeen(differs: true);
            ConfigResult result = ReadOwn(file);
            ConfigRequest ownFile = new() { Why = ConfigChange.File, IsOwnFile = true };
            if (result.IsValid) await ChangeAsync(result, ownFile, CancellationToken.None).ConfigureAwait(false);
            else Refuse(result);
        }
        catch (ProxyException)
        {
            // The log and the status have the reason.
        }
        catch (Exception exception)
        {
            Gateway.Log.Unexpected("reloading a changed file", exception);
        }
        finally
        {
            _changing.Release();
        }
        return true;
    }
}
