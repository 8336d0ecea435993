using System.Globalization;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Management;

/// <content>Versions of the fleet's configuration, as operators publish, confirm and undo them over any node.</content>
public sealed partial class ManagedServer
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public async Task<RolloutStatus?> GetRolloutAsync(CancellationToken cancellationToken = default) => await Gateway.AskFleetAsync(
        async (store, member, token) => await ReadRolloutAsync(store, member, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConfigDifference>> CheckRolloutAsync(ConfigDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Task.FromResult(ConfigComparison.Between(_state.InForce, ReadForFleet(document)));
    }

    /// <inheritdoc/>
    public async Task<RolloutStatus> PublishConfigAsync(
        ConfigDocument document, RolloutRequest? request = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        request ??= new RolloutRequest();
        Check(request);
        ReadForFleet(document);
        RolloutDraft draft = new(document.Text, document.Sha256, WhoOf(request.Who), Above(), [], request);
        return await AskAsync(async (store, member, token) =>
        {
            string[] canaries = [.. member.Nodes.Where(node => node.State == NodeState.Alive).Select(node => node.Name).Take(request.Canary)];
            return await PublishAsync(store, member, draft with { Canaries = canaries }, token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<RolloutStatus> ConfirmRolloutAsync(CancellationToken cancellationToken = default) => AskAsync(async (store, member, token) =>
    {
        RolloutStatus rollout = await ExpectRolloutAsync(store, member, token).ConfigureAwait(false);
        if (rollout.State == RolloutState.Confirmed) return rollout;
        if (rollout.State == RolloutState.Canary)
            throw Refused(
                $"version {rollout.Version} is with its canaries ({string.Join(", ", rollout.Canaries)}) yet; confirm it when all nodes have it, or undo it");
        if (!rollout.IsRunning || !await store.Rollouts.StepAsync(member, rollout, new RolloutStep(RolloutState.Confirmed), token).ConfigureAwait(false))
            throw Refused($"version {rollout.Version} does not wait for a confirmation any more: {rollout.Reason ?? "its time is over"}");
        return await ExpectRolloutAsync(store, member, token).ConfigureAwait(false);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<RolloutStatus> UndoRolloutAsync(string? who = null, CancellationToken cancellationToken = default) => AskAsync(async (store, member, token) =>
    {
        RolloutStatus rollout = await ExpectRolloutAsync(store, member, token).ConfigureAwait(false);
        if (rollout.State == RolloutState.RolledBack) return rollout;
        if (rollout.IsRunning)
        {
            RolloutStep back = new(RolloutState.RolledBack, $"undone by {WhoOf(who)}");
            if (!await store.Rollouts.StepAsync(member, rollout, back, token).ConfigureAwait(false))
                throw Refused($"version {rollout.Version} has just got into another state; look at it, and try again");
            return await ExpectRolloutAsync(store, member, token).ConfigureAwait(false);
        }
        FleetText before = (rollout.Base == 0 ? null : await store.Rollouts.ReadTextAsync(member.Fleet, rollout.Base, token).ConfigureAwait(false))
            ?? throw Refused($"version {rollout.Version} is confirmed, and the store has no version before it; "
                + "a version that is {} gives each node its own file back");
        RolloutRequest again = new() { Message = string.Create(CultureInfo.InvariantCulture, $"version {before.Number} again") };
        return await PublishAsync(store, member, new RolloutDraft(before.Text, before.Sha256, WhoOf(who), Above(), [], again), token).ConfigureAwait(false);
    }, cancellationToken);

    private async Task<RolloutStatus> AskAsync(
        Func<IFleetStore, FleetMember, CancellationToken, Task<RolloutStatus>> ask, CancellationToken cancellationToken)
    {
        try
        {
            RolloutStatus rollout = await Gateway.AskFleetAsync(ask, cancellationToken).ConfigureAwait(false);
            Gateway.Rollouts.Wake();
            return rollout;
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.StoreUnreachable)
        {
            throw new ProxyException(ProxyError.StoreUnreachable,
                $"{exception.Message}; nothing may have changed (Get-MxRollout says so later), and Set-MxConfig -Local changes this server alone", exception);
        }
    }

    private async Task<RolloutStatus> PublishAsync(IFleetStore store, FleetMember member, RolloutDraft draft, CancellationToken cancellationToken)
    {
        int number = await store.Rollouts.PublishAsync(member, draft, cancellationToken).ConfigureAwait(false);
        if (number == 0)
        {
            RolloutStatus? other = await store.Rollouts.ReadAsync(member.Fleet, cancellationToken).ConfigureAwait(false);
            throw Refused(other is { IsRunning: true } ? $"version {other.Version} of {other.Who} is being rolled out; confirm or undo it first"
                : "this server is not the node any more");
        }
        Gateway.Log.FleetVersionPublished(member.Fleet, number, draft.Who);
        return await ExpectRolloutAsync(store, member, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<RolloutStatus> ExpectRolloutAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken) =>
        await ReadRolloutAsync(store, member, cancellationToken).ConfigureAwait(false)
            ?? throw Refused($"no version of the configuration of the fleet {member.Fleet} was published yet");

    private static async Task<RolloutStatus?> ReadRolloutAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken) =>
        await store.Rollouts.ReadAsync(member.Fleet, cancellationToken).ConfigureAwait(false) is not { } rollout ? null
            : rollout with { Nodes = await store.Rollouts.ListAsync(member.Fleet, cancellationToken).ConfigureAwait(false) };

    // What is not valid here is published nowhere.
    private ConfigResult ReadForFleet(ConfigDocument document)
    {
        string? name = document.Name ?? document.File;
        if (_file is null || _state.Store is null || Gateway.Config.Fleet is null)
        {
            throw new ProxyException(ProxyError.ServerState,
                $"the server {Gateway.Config.Name} cannot publish for a fleet: it needs a file of its own with `fleet` and `history`");
        }
        FleetDocument.Check(document.Text, name);
        ConfigResult config = FleetDocument.Over(OwnDocument(), new FleetText(Above() + 1, document.Sha256, document.Text), name);
        return config.IsValid ? config : throw config.ToException("the configuration is not valid on this node, and nothing is published");
    }

    // The newest version that is known here.
    private int Above() => Math.Max(Math.Max(_followed.Version, _followed.GaveUp), Gateway.Rollouts.Status?.Version ?? 0);

    private static void Check(RolloutRequest request)
    {
        if (request.Message is { } message && !ConfigRequest.IsMessage(message))
            throw NotValid($"a message is one line of at most {ConfigRequest.MaxMessage} characters");
        if (request.Canary is < 0 or > FleetTimes.MaxNodes) throw NotValid($"the number of canaries is 0 to {FleetTimes.MaxNodes}");
        if (request.Hold < TimeSpan.Zero || request.Hold > LongestHold) throw NotValid("the time that nodes have to run it well is up to one hour");
        if (request.ConfirmWithin is { } time && (time < RolloutRequest.MinConfirmWithin || time > ConfigRequest.MaxConfirmWithin))
            throw NotValid("the time for the confirmation of a fleet is ten seconds to one day");
        TimeSpan needed = request.Canary > 0 ? 2 * request.Hold : request.Hold, given = request.ConfirmWithin ?? RolloutRequest.UsualTime;
        if (needed >= given)
        {
            string all = request.Canary > 0 ? " (canaries, then all of them)" : "";
            string times = string.Create(CultureInfo.InvariantCulture,
                $"it is rolled back after {given.TotalSeconds:0.###} s, and nodes run it for {needed.TotalSeconds:0.###} s first{all}");
            throw NotValid($"there is no time left to confirm it: {times}; give it more time, or a shorter hold");
        }
    }

    private static string WhoOf(string? who)
    {
        who ??= Environment.UserName;
        string clean = string.Concat(who.Where(c => !char.IsControl(c)).Take(256));
        return clean.Length == 0 ? "unknown" : clean;
    }

    private static ProxyException NotValid(string what) => new(ProxyError.InvalidConfiguration, what);

    private static ProxyException Refused(string what) => new(ProxyError.RolloutState, what);
}
