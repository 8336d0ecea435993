using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Members;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Members;

/// <content>Another configuration: the members are built beside those in force, then swapped. All of it under <see cref="Sync"/>.</content>
internal sealed partial class MemberTable
{
    /// <summary>Builds the members for a configuration into the groups of its exits, which are not in force yet: those that are published, and those of the
    /// lists.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="exits">Its exits.</param>
    /// <param name="lists">Its lists, with what is known of them.</param>
    public MemberChange Prepare(GatewayConfig config, ExitSet exits, IReadOnlyDictionary<string, MemberSource> lists)
    {
        MemberRules before = _rules;
        // The members are built of these exits.
        _rules = MemberRules.Of(config, exits, states);
        Dictionary<string, LiveMember> made = new(StringComparer.Ordinal);
        List<(string Name, string Group, string Reason)> dropped = [];
        try
        {
            foreach (OpenGroup group in _rules.Groups.Values)
            {
                if (group.Config.Members is not null)
                    foreach (MemberEntry entry in lists.GetValueOrDefault(group.Name)?.Content ?? []) Take(group, entry, MemberOrigin.List);
            }
            foreach (LiveMember member in _members.Values.Where(member => member.Origin == MemberOrigin.Published))
            {
                if (_rules.Groups.GetValueOrDefault(member.Group.Name) is { Config.Publish: not null } group) Take(group, member.Entry, MemberOrigin.Published);
                else dropped.Add((member.Name, member.Group.Name, "the group takes no published exits any more"));
            }
            foreach (IGrouping<OpenGroup, LiveMember> group in made.Values.GroupBy(member => member.Group))
                group.Key.List.Change(new Dictionary<Member, Member?>(), group.Select(member => member.Member));
            return new MemberChange(_rules, made, dropped);
        }
        finally
        {
            _rules = before;
        }

        void Take(OpenGroup group, MemberEntry entry, MemberOrigin origin)
        {
            LiveMember? old = _members.GetValueOrDefault(entry.Name);
            string? reason = _rules.Refusal(group, entry, origin, made.GetValueOrDefault(entry.Name));
            if (reason is null && made.ContainsKey(entry.Name)) reason = $"the name {entry.Name} is there twice";
            try
            {
                if (reason is null) made[entry.Name] = Again(Make(group, entry, origin), old);
            }
            catch (ProxyException exception)
            {
                reason = exception.Message;
            }
            if (reason is not null) dropped.Add((entry.Name, group.Name, reason));
        }
    }

    /// <summary>Puts prepared members in force.</summary>
    public void Use(MemberChange change)
    {
        foreach (LiveMember member in _members.Values)
        {
            End(member);
            if (!change.Members.TryGetValue(member.Name, out LiveMember? successor) || successor.State != member.State) states.Members.Leave(member.State);
        }
        (_rules, _members) = (change.Rules, change.Members);
        foreach (LiveMember member in _members.Values)
        {
            Count(member, 1);
            Begin(member);
        }
        foreach (string name in change.Rules.Configured) states.Members.Free(name);
    }

    /// <summary>Prepared members are not put in force.</summary>
    public void Drop(MemberChange change)
    {
        foreach (LiveMember member in change.Members.Values)
        {
            LiveMember? inForce = _members.GetValueOrDefault(member.Name);
            if (inForce?.State == member.State) continue;
            states.Members.Leave(member.State);
            if (inForce is not null) states.Members.Stay(inForce.State);
        }
    }

    private static LiveMember Again(LiveMember made, LiveMember? old) => old is null || old.Origin != made.Origin || old.Group.Name != made.Group.Name ? made
        : new LiveMember(made.Group, made.Entry, made.Origin, made.State, made.Exit) { Since = old.Since, Expires = old.Expires, Deadline = old.Deadline };
}
