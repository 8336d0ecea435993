using System.Net;
using System.Text.Json;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Explaining;

/// <summary>Follows a request through groups and chains, in the steps of <see cref="ExitGroup"/>, and stops where a dial would begin.</summary>
/// <param name="config">The configuration.</param>
/// <param name="exits">Its exits.</param>
/// <param name="request">The request.</param>
/// <param name="names">What its destination's name resolves to; null when that was not looked up.</param>
/// <param name="clientKnown">Whether the request's client is that of the question.</param>
internal sealed class ExitExplainer(GatewayConfig config, ExitSet exits, RequestInfo request, NameResult? names, bool clientKnown)
{
    private readonly IReadOnlyList<SnatExit> _snat = config.Snat.Enabled ? SnatLayout.Create(config, out _) : [];

    /// <summary>Explains the exit or group that a rule names.</summary>
    public ExitExplanation Explain(string name)
    {
        DialContext context = new()
        {
            Request = request, PrivateDestinationsAllowed = request.PrivateDestinationsAllowed,
            ResolvedAddresses = names is { Succeeded: true } found ? found.Addresses : null,
        };
        IExit exit = exits.Get(name);
        return exits.States.Get(name).Disabled
            ? Outline(exit) with { Outcome = RouteOutcome.Unavailable, Reason = Attempt.Disabled(exit).Detail }
            : Explain(exit, new Step(request.Destination, context, request.Network == Network.Udp, ByDestination: true));
    }

    private ExitExplanation Explain(IExit exit, Step step) => exit switch
    {
        ExitGroup group => ExplainGroup(group, step),
        DirectExit direct => ExplainDirect(direct, step),
        _ => ExplainOther(exit, step),
    };

    private ExitExplanation ExplainGroup(ExitGroup group, Step step)
    {
        GroupConfig settings = config.Groups.First(candidate => candidate.Name == group.Name);
        // A UDP association chooses once, before it knows a destination, but for groups by destination that a rule names.
        bool forEachDestination = step.Udp && group.IsByDestination && step.ByDestination;
        Destination? destination = step.Udp && !forEachDestination ? null : step.Destination;
        Step next = step with { ByDestination = forEachDestination };
        Dictionary<Member, MemberExplanation> told = [];
        ExitExplanation? last = null;
        IReadOnlyList<Member> candidates = group.Candidates();
        int attempts = forEachDestination ? 1 : 1 + group.Retries;
        for (int attempt = 0; candidates.Count > 0 && attempts > 0; attempt++)
        {
            Preview preview = IsUnknown(settings)
                ? new Preview(null, "by the client, which is not known", static _ => "")
                : group.Preview(candidates, destination, step.Context, attempt);
            if (preview.Index is not { } index) return Close(group, settings, told, preview.Others, TellAll(candidates, preview, next, attempts, told));
            Member chosen = candidates[index];
            last = Explain(chosen.Exit, next);
            if (last.Outcome != RouteOutcome.Unavailable)
            {
                told[chosen] = new(chosen.Exit.Name, MemberChoice.Taken, Why(chosen, preview), last);
                return Close(group, settings, told, preview.Others, last);
            }
            bool passed = last.LacksUdp && !forEachDestination;
            told[chosen] = passed ? Passed(chosen, last.Reason!) : new(chosen.Exit.Name, MemberChoice.Fails, Why(chosen, preview), last);
            if (!passed) attempts--;
            candidates = ExitGroup.Others(candidates, index);
        }
        last ??= Outline(group) with { Outcome = RouteOutcome.Unavailable, Reason = $"{group.Name}: {group.NoneLeft}" };
        return Close(group, settings, told, static _ => "no retry is left for it", last);
    }

    // Any of them may be chosen. Those that would fail count only where no retry makes up for it.
    private ExitExplanation TellAll(
        IReadOnlyList<Member> candidates, Preview preview, Step next, int attempts, Dictionary<Member, MemberExplanation> told)
    {
        ExitExplanation[] members = [.. candidates.Select(member => Explain(member.Exit, next))];
        int failing = 0;
        for (int i = 0; i < members.Length; i++)
        {
            bool fails = members[i].Outcome == RouteOutcome.Unavailable;
            if (fails && !members[i].LacksUdp) failing++;
            told[candidates[i]] = fails && members[i].LacksUdp ? Passed(candidates[i], members[i].Reason!)
                : new(candidates[i].Exit.Name, fails ? MemberChoice.Fails : MemberChoice.Possible, Why(candidates[i], preview), members[i]);
        }
        ExitExplanation[] usable = [.. members.Where(member => member.Outcome != RouteOutcome.Unavailable)];
        if (usable.Length == 0) return members.FirstOrDefault(member => !member.LacksUdp, members[0]);
        return failing < attempts && Array.TrueForAll(usable, member => member.Outcome == usable[0].Outcome)
            ? usable[0]
            : usable[0] with { Outcome = RouteOutcome.Undecided, Reason = "it hangs on the member, and that on what is not known" };
    }

    // With all_down: try, members that are down are candidates while none is up.
    private static string Why(Member member, Preview preview) =>
        member.Unavailability is { } down ? $"{preview.Reason}; {down}, but so are all (all_down: try)" : preview.Reason;

    private static MemberExplanation Passed(Member member, string reason) => new(member.Exit.Name, MemberChoice.Passed, reason, null);

    // The group with all its members told, and the outcome of the one that decides.
    private ExitExplanation Close(
        ExitGroup group, GroupConfig settings, Dictionary<Member, MemberExplanation> told, Func<Member, string> others, ExitExplanation decides) => Outline(group) with
    {
        Strategy = JsonNamingPolicy.SnakeCaseLower.ConvertName(settings.Strategy.ToString()),
        Retries = group.Retries,
        Members = [.. group.Members.Select(member => told.TryGetValue(member, out MemberExplanation? known)
            ? known
            : Passed(member, member.Unavailability ?? others(member)))],
        Outcome = decides.Outcome,
        Reason = decides.Reason,
        LacksUdp = decides.LacksUdp,
    };

    private bool IsUnknown(GroupConfig group) => !clientKnown && group switch
    {
        { Strategy: GroupStrategy.Sticky, Bind: null or BindingUnit.Client } => true,
        { Strategy: GroupStrategy.DestinationBased, Bind: BindingUnit.Client } => true,
        { Bind: BindingUnit.User } => request.User is null,
        { Bind: BindingUnit.Header } => request.Session is null,
        _ => false,
    };

    private ExitExplanation ExplainDirect(DirectExit exit, Step step)
    {
        DirectExitConfig? settings = config.Exits.OfType<DirectExitConfig>().FirstOrDefault(candidate => candidate.Name == exit.Name);
        SnatExit? snat = _snat.FirstOrDefault(candidate => candidate.Name == exit.Name);
        ExitExplanation told = Outline(exit) with
        {
            Source = SourceOf(exit, settings, step.Context), Mark = snat?.Mark ?? settings?.Mark, Table = snat?.Table, Gateway = snat?.Gateway,
            Interface = snat?.Interface ?? settings?.Interface,
        };
        if (exits.States.Get(exit.Name).Refusal is { } shut) return told with { Outcome = RouteOutcome.Unavailable, Reason = $"{exit.Name}: {shut}" };
        if (names is { Succeeded: false, Failure: var failure } && ReferenceEquals(step.Destination, request.Destination))
            return told with { Outcome = RouteOutcome.Unavailable, Reason = $"{exit.Name}: {request.Destination.Host} does not resolve: {failure}" };
        IReadOnlyList<IPAddress> addresses = step.Destination.Address is { } address ? [address] : step.Context.ResolvedAddresses ?? [];
        DialResult[] refusals = [.. addresses.Select(candidate => exit.Refusal(candidate, step.Context)).OfType<DialResult>()];
        if (addresses.Count == 0 || refusals.Length < addresses.Count) return told;
        DialResult refusal = refusals.FirstOrDefault(candidate => candidate.Failure == DialFailure.NotAllowed, refusals[0]);
        return told with
        {
            Outcome = refusal.Failure == DialFailure.NotAllowed ? RouteOutcome.Refused : RouteOutcome.Unavailable, Reason = refusal.Detail,
        };
    }

    private string? SourceOf(DirectExit exit, DirectExitConfig? settings, DialContext context) => settings switch
    {
        { Prefix: { } prefix, Bind: var bind } => bind switch
        {
            BindingUnit.Client when clientKnown => exit.SourceFor(context)?.ToString(),
            BindingUnit.User when clientKnown || request.User is not null => exit.SourceFor(context)?.ToString(),
            _ => prefix.ToString(),
        },
        { FromInboundAddress: true } => InboundAddress.Of(context)?.ToString() ?? "inbound",
        _ => settings?.Address?.ToString(),
    };

    private ExitExplanation ExplainOther(IExit exit, Step step)
    {
        ExitExplanation told = Outline(exit);
        if (exit is BlockExit) return told with { Outcome = RouteOutcome.Refused, Reason = "block: refused by a rule" };
        if (config.Exits.First(candidate => candidate.Name == exit.Name).Hop is { } hop)
        {
            ExitExplanation via = Explain(exits.Get(hop.Via ?? DirectExit.ExitName), new Step(hop.Server, step.Context.ForProxyServer(), Udp: false, ByDestination: true));
            told = told with { Server = hop.Server, Via = via };
            if (via.Outcome is RouteOutcome.Refused or RouteOutcome.Unavailable)
                told = told with { Outcome = RouteOutcome.Unavailable, Reason = $"{exit.Name}: {hop.Server} cannot be reached: {via.Reason}" };
        }
        return step.Udp && exit.UdpRefusal is { } refusal
            ? told with { Outcome = RouteOutcome.Unavailable, Reason = $"{exit.Name}: {refusal}", LacksUdp = true }
            : told;
    }

    private ExitExplanation Outline(IExit exit) => new()
    {
        Name = exit.Name,
        Health = exit is ExitGroup inner ? inner.Health.State : exits.States.Get(exit.Name).Health.Status.State,
        Type = exit is ExitGroup ? "group" : config.Exits.FirstOrDefault(candidate => candidate.Name == exit.Name)?.Type ?? exit.Name,
    };

    /// <param name="Destination">Where to.</param>
    /// <param name="Context">On whose behalf.</param>
    /// <param name="Udp">Whether it is about datagrams.</param>
    /// <param name="ByDestination">Whether groups by destination may still choose for each destination of a UDP association.</param>
    private readonly record struct Step(Destination Destination, DialContext Context, bool Udp, bool ByDestination);
}
