using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>Versions and rollouts in memory.</summary>
internal sealed class MemoryRollouts(MemoryStore store) : IRolloutStore
{
    public Task<int> PublishAsync(FleetMember member, RolloutDraft draft, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            if (!IsNode(tables, member)) return 0;
            MemoryRollout? before = tables.Rollouts.GetValueOrDefault(member.Fleet);
            if (before is { State: RolloutState.Canary or RolloutState.Everywhere }) return before.Draft.Sha256 == draft.Sha256 ? before.Number : 0;
            tables.Change(member.Fleet, SharedConfig.Name);
            int number = Math.Max(before?.Number ?? 0, draft.Above) + 1;
            tables.ConfigVersions[(member.Fleet, number)] = new FleetText(number, draft.Sha256, draft.Text);
            tables.Rollouts[member.Fleet] = new MemoryRollout(
                draft, number, before is null ? 0 : before.State == RolloutState.Confirmed ? before.Number : before.Base,
                draft.Canaries.Count > 0 ? RolloutState.Canary : RolloutState.Everywhere, tables.Now + draft.Lasts, tables.Now) { Created = tables.Now };
            return number;
        },
        cancellationToken);

    public Task<RolloutStatus?> ReadAsync(string fleet, CancellationToken cancellationToken) =>
        store.CallAsync(tables => Read(tables, fleet), cancellationToken);

    public Task<FleetText?> ReadTextAsync(string fleet, int number, CancellationToken cancellationToken) =>
        store.CallAsync(tables => tables.ConfigVersions.GetValueOrDefault((fleet, number)), cancellationToken);

    public Task ReportAsync(FleetMember member, NodeConfigStatus report, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            if (!IsNode(tables, member)) return false;
            tables.NodeConfigs[(member.Fleet, member.Node)] = (report with { Node = member.Node }, tables.Now);
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<NodeConfigStatus>> ListAsync(string fleet, CancellationToken cancellationToken) =>
        store.CallAsync(tables => List(tables, fleet), cancellationToken);

    public Task<bool> StepAsync(FleetMember member, RolloutStatus from, RolloutStep step, CancellationToken cancellationToken) =>
        store.CallAsync(tables => Step(tables, member, from, step), cancellationToken);

    public Task<RolloutStep?> LeadAsync(FleetMember member, Func<RolloutStatus, RolloutStep?> decide, CancellationToken cancellationToken) => store.CallAsync(
        tables => Read(tables, member.Fleet) is { IsRunning: true } rollout && decide(rollout with { Nodes = List(tables, member.Fleet) }) is { } step
            && Step(tables, member, rollout, step) ? step : null,
        cancellationToken);

    private static RolloutStatus? Read(MemoryTables tables, string fleet) => tables.Rollouts.GetValueOrDefault(fleet) is not { } row ? null
        : new RolloutStatus(fleet, row.Number, row.Base, row.State, row.Deadline - tables.Now, row.Draft.Sha256)
        {
            Canaries = row.Draft.Canaries, Hold = row.Draft.Request.Hold, NeedsConfirmation = row.Draft.Request.ConfirmWithin is not null,
            Since = tables.Now - row.Changed, Who = row.Draft.Who, Message = row.Draft.Request.Message, Created = row.Created,
            Probe = row.Draft.Request.Probe?.ToString(), Reason = row.Reason,
        };

    private static IReadOnlyList<NodeConfigStatus> List(MemoryTables tables, string fleet) =>
        [.. tables.NodeConfigs.Where(row => row.Key.Fleet == fleet).OrderBy(row => row.Key.Node, StringComparer.Ordinal).Take(FleetTimes.MaxNodes)
            .Select(row => row.Value.Report with { Age = tables.Now - row.Value.Reported })];

    private static bool Step(MemoryTables tables, FleetMember member, RolloutStatus from, RolloutStep step)
    {
        if (!IsNode(tables, member) || tables.Rollouts.GetValueOrDefault(member.Fleet) is not { } row || row.Number != from.Version || row.State != from.State
            || (step.State == RolloutState.Confirmed && row.Deadline <= tables.Now)) return false;
        tables.Change(member.Fleet, SharedConfig.Name);
        tables.Rollouts[member.Fleet] = row with { State = step.State, Reason = step.Reason, Changed = tables.Now };
        return true;
    }

    private static bool IsNode(MemoryTables tables, FleetMember member) =>
        tables.Nodes.TryGetValue((member.Fleet, member.Node), out MemoryNode? node) && node.Epoch == member.Epoch;
}
