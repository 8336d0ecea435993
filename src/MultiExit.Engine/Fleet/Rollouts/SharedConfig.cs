using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>Follows the configuration of the fleet, says what this node runs, and takes rollouts further.</summary>
/// <param name="port">The server.</param>
/// <param name="gate">Whether it serves well.</param>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedConfig(RolloutPort port, RolloutGate gate, EngineLog log, TimeProvider time) : IFleetWork
{
    /// <summary>The topic.</summary>
    public const string Name = "configuration";

    // Enough for one of them to reach the store, and few enough for a large fleet.
    private const int Leaders = 5;
    private static readonly TimeSpan WhileRunning = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _ended = new();
    private Action _wake = static () => { };
    private Task _acting = Task.CompletedTask;
    private volatile Failure? _failure;
    private long _appliedAt = time.GetTimestamp();
    private long? _listedAt;
    private bool _isRunning;

    public string Topic => Name;

    public TimeSpan Period => _isRunning ? WhileRunning : FleetTimes.Poll;

    public void Start(Action wake)
    {
        _wake = wake;
        port.UseWake(wake);
    }

    public async Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        RolloutStatus? rollout = await store.Rollouts.ReadAsync(member.Fleet, cancellationToken).ConfigureAwait(false);
        _isRunning = rollout?.IsRunning == true;
        if (rollout is null)
        {
            port.Status = null;
            return;
        }
        if (port.Follower is { } follower) await FollowAsync(store, member, rollout, follower, cancellationToken).ConfigureAwait(false);
        bool leads = _isRunning && member.Nodes.Where(node => node.State == NodeState.Alive).Take(Leaders).Any(node => node.Name == member.Node);
        if (leads && await store.Rollouts.LeadAsync(member, read => RolloutRules.Next(read, member.Nodes), cancellationToken).ConfigureAwait(false) is { } step)
        {
            log.RolloutTaken(rollout.Version, step.State.ToString(), step.Reason ?? "its nodes have run it well");
            // What follows for this node.
            _wake();
        }
        IReadOnlyList<NodeConfigStatus> nodes = port.Status?.Nodes ?? [];
        if (leads || _listedAt is not { } last || time.GetElapsedTime(last) >= FleetTimes.Poll)
        {
            nodes = await store.Rollouts.ListAsync(member.Fleet, cancellationToken).ConfigureAwait(false);
            _listedAt = time.GetTimestamp();
        }
        port.Status = rollout with { Nodes = nodes };
    }

    public void Dispose()
    {
        port.DropWake(_wake);
        _ended.Cancel();
        _ended.Dispose();
    }

    private async Task FollowAsync(
        IFleetStore store, FleetMember member, RolloutStatus rollout, IFleetFollower follower, CancellationToken cancellationToken)
    {
        FollowStep step = FollowStep.Of(rollout, follower.State, member.Node);
        if (follower.State.Trial is not null && _acting.IsCompleted && gate.FindFault() is { } fault) _failure = new Failure(rollout.Version, fault, 0);
        if (_acting.IsCompleted && step.Kind != FollowKind.Stay && !HasFailed(step))
        {
            FleetText? text = step.Kind is FollowKind.Apply or FollowKind.Try
                ? await store.Rollouts.ReadTextAsync(member.Fleet, step.Version, cancellationToken).ConfigureAwait(false) : null;
            cancellationToken.ThrowIfCancellationRequested();
            // It may take longer than an exchange with the store, which others wait for.
            _acting = Task.Run(() => ActAsync(step, rollout, text, follower), CancellationToken.None);
        }
        if (step.Stranger is { } stranger && port.Stranger is null) log.Warn(Warnings.FleetDiverged(stranger));
        port.Stranger = step.Stranger;
        await store.Rollouts.ReportAsync(member, ReportOf(member.Node, rollout, step, follower.State), cancellationToken).ConfigureAwait(false);
    }

    // A version that is tried has one try; one that stays is tried again, since a port may be free later.
    private bool HasFailed(FollowStep step) => _failure is { } failure && failure.Version == step.Version
        && (step.Kind == FollowKind.Try || time.GetElapsedTime(failure.At) < AgainAfter);

    private async Task ActAsync(FollowStep step, RolloutStatus rollout, FleetText? text, IFleetFollower follower)
    {
        try
        {
            switch (step.Kind)
            {
                case FollowKind.Confirm:
                    await follower.ConfirmAsync(step.Version).ConfigureAwait(false);
                    break;
                case FollowKind.Revert:
                    await follower.RevertAsync(follower.State.Version, rollout.Reason ?? "the fleet has another version").ConfigureAwait(false);
                    break;
                default:
                    if (text is null) throw new ProxyException(ProxyError.VersionNotFound, $"the store has no sound text of version {step.Version}");
                    gate.Begin();
                    await follower.ApplyAsync(text, rollout, step.Kind == FollowKind.Try ? rollout.Left : null).ConfigureAwait(false);
                    Interlocked.Exchange(ref _appliedAt, time.GetTimestamp());
                    break;
            }
            _failure = null;
        }
        catch (Exception exception)
        {
            _failure = new Failure(step.Version, FleetProblem.Describe(exception), time.GetTimestamp());
        }
        if (!_ended.IsCancellationRequested) _wake();
    }

    private NodeConfigStatus ReportOf(string node, RolloutStatus rollout, FollowStep step, FollowerState state)
    {
        TimeSpan held = time.GetElapsedTime(Interlocked.Read(ref _appliedAt));
        if (!_acting.IsCompleted) return Of(NodeConfigState.Applying, step.Version, null);
        if ((state.Diverged ?? step.Stranger) is { } diverged) return Of(NodeConfigState.Diverged, step.Version, diverged);
        if (state.GaveUp == rollout.Version && state.GaveUp != state.Version) return Of(NodeConfigState.Failed, rollout.Version, state.GaveUpReason);
        if (_failure is { } failure && (failure.Version == step.Version || failure.Version == rollout.Version))
            return Of(NodeConfigState.Failed, failure.Version, failure.Reason);
        return Of(NodeConfigState.Current, step.Version, null);
        NodeConfigStatus Of(NodeConfigState how, int tried, string? reason) => new(
            node, state.Version, how, tried, reason is { Length: > NodeConfigStatus.MaxReason } ? reason[..NodeConfigStatus.MaxReason] : reason, held, default);
    }

    private sealed record Failure(int Version, string Reason, long At);
}
