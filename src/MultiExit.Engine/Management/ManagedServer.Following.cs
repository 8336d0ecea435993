using System.Globalization;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Management;

/// <content>Following the configuration of a fleet.</content>
public sealed partial class ManagedServer
{
    private const string TryAgain = "Set-MxConfig without a file, or `multiexit reload`, puts the file and the fleet's version in force again";

    // Swapped under the lock of changes, read anywhere.
    private volatile FollowerState _followed = new();
    private int? _divergedBy; // the version of the history that a roll-back takes the divergence back with

    FollowerState IFleetFollower.State => _followed;

    async Task IFleetFollower.ApplyAsync(FleetText text, RolloutStatus rollout, TimeSpan? confirmWithin)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            FollowerState before = _followed;
            if (_file is null || _state.Store is not { } store)
                throw new ProxyException(ProxyError.InvalidConfiguration,
                    "a version of the fleet needs a file of the node with `history`, to go back and to start with it");
            ConfigResult config = FleetDocument.Over(OwnDocument(), text);
            if (!config.IsValid)
            {
                Refuse(config);
                throw config.ToException(EarlierStays);
            }
            if (confirmWithin is not null) store.Save(RecordOf(before with { Trial = text }));
            try
            {
                _followed = confirmWithin is null ? new FollowerState { Confirmed = text } : before with { Trial = text, GaveUp = 0, GaveUpReason = null };
                await ChangeAsync(config, RequestOf(rollout, confirmWithin), CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // A probe that failed has ended the try already.
                if (_followed.GaveUp != text.Number)
                    _followed = confirmWithin is null ? before : before with { GaveUp = text.Number, GaveUpReason = FleetProblem.Describe(exception) };
                KeepFollowed();
                throw;
            }
            if (confirmWithin is null) KeepFollowed();
            Gateway.Log.FleetVersionApplied(rollout.Fleet, text.Number, confirmWithin is null ? "it stays" : "it goes back unless it is confirmed");
        }
        finally
        {
            _changing.Release();
        }
    }

    async Task IFleetFollower.ConfirmAsync(int number)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_ended || _followed.Trial is not { } trial || trial.Number != number) return;
            // The same text as before has nothing to go back to.
            if (_state.Pending is not null) ConfirmPending();
            _followed = new FollowerState { Confirmed = trial };
            KeepFollowed();
            Gateway.Log.FleetVersionKept(Gateway.Config.Fleet?.Name ?? "", number);
        }
        finally
        {
            _changing.Release();
        }
    }

    async Task IFleetFollower.RevertAsync(int number, string reason)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_ended || _followed.Trial is not { } trial || trial.Number != number) return;
            if (_state.Pending is not null) await RevertAsync(reason).ConfigureAwait(false);
            else NoteFleetReverted(null, reason);
            // All nodes went back, and not this one by itself.
            _followed = _followed with { GaveUp = 0, GaveUpReason = null };
            KeepFollowed();
        }
        finally
        {
            _changing.Release();
        }
    }

    // What the last server knew. A version that was tried when the server ended may be why it ended.
    private static FollowerState FollowedBy(ConfigResult config, VersionStore? store, bool isTakeover)
    {
        if (config.Config?.Fleet is not { } fleet || store?.Folder.ReadFleet() is not { } record || record.Fleet != fleet.Name) return new FollowerState();
        FollowerState state = new()
        {
            Confirmed = record.Number == 0 ? null : new FleetText(record.Number, record.Sha256, record.Text),
            GaveUp = record.GaveUp, GaveUpReason = record.GaveUpReason, Diverged = record.Diverged,
        };
        if (record.Trial == 0) return state;
        return isTakeover ? state with { Trial = new FleetText(record.Trial, record.TrialSha256, record.TrialText) }
            : state with { GaveUp = record.Trial, GaveUpReason = "the server ended before it was confirmed" };
    }

    // The file of the node is only a part of what it runs.
    private static HistoryStart Follow(HistoryStart start, ConfigResult file, ref FollowerState followed)
    {
        if (followed.Confirmed is not { } version || !ReferenceEquals(start.Config, file) || file.Document is not { } document) return start;
        ConfigResult config = FleetDocument.Over(document, version);
        if (!config.IsValid) throw config.ToException("the file and the fleet's version, which the server ran last, are not valid together");
        followed = followed with { Diverged = null };
        return start with { Config = config, Version = null };
    }

    // A start reads the file before it knows of a version: one that leans on that is refused while the server still runs.
    private ConfigResult ReadOwn(DocumentFile file)
    {
        ConfigResult own = ConfigLoader.Load(file, _file!);
        return own is { IsValid: true, Document: { } document } && _followed.Confirmed is { } version ? FleetDocument.Over(document, version) : own;
    }

    private ConfigDocument OwnDocument() => DocumentFile.Read(_file!) is { Text: { } text } ? new ConfigDocument(text, _file)
        : throw new ProxyException(ProxyError.InvalidConfiguration, $"{_file} cannot be read, and the fleet's version is put over it");

    private static ConfigRequest RequestOf(RolloutStatus rollout, TimeSpan? confirmWithin) => new()
    {
        Why = ConfigChange.Fleet, Who = rollout.Who, Message = rollout.Message is { } message && ConfigRequest.IsMessage(message) ? message : null,
        ConfirmWithin = confirmWithin is { } time ? TimeSpan.FromSeconds(Math.Clamp(time.TotalSeconds, 1, ConfigRequest.MaxConfirmWithin.TotalSeconds)) : null,
        Probe = confirmWithin is not null && Destination.TryParse(rollout.Probe ?? "", -1, out Destination? probe) && probe.Port > 0 ? probe : null,
    };

    // Of the changes that do not come from the fleet.
    private void CheckFleet(ConfigRequest request)
    {
        FollowerState followed = _followed;
        if (request.Why == ConfigChange.Fleet) return;
        if (followed.Trial is { } trial) throw OwnedByFleet($"tries version {trial.Number} of it; confirm or undo that first (Get-MxRollout)");
        if (followed.Diverged is not null && request.Why is ConfigChange.File or ConfigChange.HangUp)
            throw OwnedByFleet($"was changed alone ({followed.Diverged}), and its file is not put in force by itself; {TryAgain}");
        if (followed is { Confirmed: { } version, Diverged: null } && !request.Local && !request.IsOwnFile)
        {
            throw OwnedByFleet($"runs version {version.Number} of it; Set-MxConfig -Fleet changes all nodes, and Set-MxConfig -Local this one alone, "
                + "which then follows the fleet no longer");
        }
    }

    private ProxyException OwnedByFleet(string what) => new(ProxyError.FleetOwned, string.Create(CultureInfo.InvariantCulture,
        $"the server {Gateway.Config.Name} has the configuration of the fleet {Gateway.Config.Fleet?.Name} and {what}"));

    // A change is in force.
    private void NoteFleet(ConfigRequest request, ConfigVersion? version)
    {
        FollowerState before = _followed;
        if (before.Confirmed is null || request.Why == ConfigChange.Fleet) return;
        if (request.IsOwnFile)
        {
            if (before.Diverged is null) return;
            _followed = before with { Diverged = null };
            Gateway.Log.FleetFollowedAgain(before.Version);
        }
        else
        {
            string number = (version?.Number ?? 0).ToString(CultureInfo.InvariantCulture);
            _divergedBy = before.Diverged is null ? version?.Number : null;
            _followed = before with { Diverged = $"version {number} of this server alone, by {version?.Who ?? "an operator"}" };
            Gateway.Log.Warn(Diagnostics.Warnings.FleetDiverged(_followed.Diverged));
        }
        KeepFollowed();
        Gateway.Rollouts.Wake();
    }

    // The configuration before is in force again.
    private void NoteFleetReverted(int? pending, string reason)
    {
        FollowerState before = _followed;
        if (before.Trial is { } trial)
        {
            _followed = before with { Trial = null, GaveUp = trial.Number, GaveUpReason = reason };
            Gateway.Log.FleetVersionRolledBack(trial.Number, reason);
        }
        else if (before.Diverged is not null && pending is not null && pending == _divergedBy)
        {
            _followed = before with { Diverged = null };
            Gateway.Log.FleetFollowedAgain(before.Version);
        }
        else
        {
            return;
        }
        KeepFollowed();
        Gateway.Rollouts.Wake();
    }

    private void KeepFollowed()
    {
        if (_state.Store is { } store) Keep(() => store.Save(RecordOf(_followed)));
    }

    private FollowedVersion RecordOf(FollowerState state) => new(
        Gateway.Config.Fleet?.Name ?? "", state.Confirmed?.Number ?? 0, state.Confirmed?.Sha256 ?? "", state.Confirmed?.Text ?? "")
    {
        Trial = state.Trial?.Number ?? 0, TrialSha256 = state.Trial?.Sha256 ?? "", TrialText = state.Trial?.Text ?? "",
        GaveUp = state.GaveUp, GaveUpReason = state.GaveUpReason, Diverged = state.Diverged,
    };
}
