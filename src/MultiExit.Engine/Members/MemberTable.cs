using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Members;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Health;
using MultiExit.Engine.Sources;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Members;

/// <summary>The exits that are members of groups at run time, over the reloads of a server. A dial never waits for it. Thread-safe.</summary>
/// <param name="states">The states of exits.</param>
/// <param name="time">The clock.</param>
internal sealed partial class MemberTable(ExitStates states, TimeProvider time) : IAsyncDisposable
{
    // Probes of members have places of their own: thousands of them hold up no exit of the configuration.
    private readonly ProbeLoop _probes = new(time);
    private Dictionary<string, LiveMember> _members = new(StringComparer.Ordinal);
    private MemberRules _rules = MemberRules.None;

    /// <summary>Held while members change, and while another configuration is put in force.</summary>
    public Lock Sync { get; } = new();

    /// <summary>Publishes an exit into a group. One that is there already lasts longer; another exit of its name takes its place, and sessions through the
    /// one before go on.</summary>
    /// <param name="group">The group.</param>
    /// <param name="entry">The exit.</param>
    /// <param name="lifetime">How long it lasts; null: as long as the group allows.</param>
    /// <exception cref="ProxyException">The group does not take it.</exception>
    public LiveMember Publish(string group, MemberEntry entry, TimeSpan? lifetime)
    {
        lock (Sync)
        {
            OpenGroup open = _rules.ToPublish(group);
            TimeSpan lasts = _rules.LifetimeIn(open, lifetime);
            LiveMember? present = _members.GetValueOrDefault(entry.Name);
            if (_rules.Refusal(open, entry, MemberOrigin.Published, present) is { } refusal) throw MemberRules.Refused(refusal);
            if (present is null && open.Published >= open.Config.Publish!.Max)
                throw MemberRules.Refused($"group {group} has {CountText.Of(open.Published, "published member")} already, as many as it takes (`publish.max`)");
            if (present is null || !present.Entry.IsSame(entry))
            {
                LiveMember made = Make(open, entry, MemberOrigin.Published);
                if (present is null) open.List.Add(made.Member);
                else open.List.Change(new Dictionary<Member, Member?> { [present.Member] = made.Member });
                Put(made, present);
                present = made;
            }
            present.Expires = time.GetUtcNow() + lasts;
            present.Deadline = time.GetTimestamp() + (long)(lasts.TotalSeconds * time.TimestampFrequency);
            return present;
        }
    }

    /// <summary>Takes a published exit out of its group. Sessions through it go on.</summary>
    /// <returns>False when there is none of that name.</returns>
    public bool Unpublish(string group, string name)
    {
        lock (Sync)
        {
            if (!_members.TryGetValue(name, out LiveMember? member) || member.Group.Name != group || member.Origin != MemberOrigin.Published) return false;
            Remove([member]);
            return true;
        }
    }

    /// <summary>Puts another list of a group in force, as a whole.</summary>
    /// <exception cref="SourceFaultException">It cannot be in force; nothing has changed.</exception>
    public void Follow(string group, IReadOnlyList<MemberEntry> entries)
    {
        lock (Sync)
        {
            if (!_rules.Groups.TryGetValue(group, out OpenGroup? open)) return;
            List<(LiveMember Made, LiveMember? Before)> made = [];
            Dictionary<Member, Member?> changed = [];
            HashSet<string> names = entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
            try
            {
                foreach (MemberEntry entry in entries)
                {
                    LiveMember? present = _members.GetValueOrDefault(entry.Name);
                    if (_rules.Refusal(open, entry, MemberOrigin.List, present) is { } refusal) throw new SourceFaultException(refusal);
                    if (present is null || !present.Entry.IsSame(entry)) made.Add((Make(open, entry, MemberOrigin.List), present));
                }
            }
            catch (Exception exception) when (exception is SourceFaultException or ProxyException)
            {
                foreach ((LiveMember unused, LiveMember? before) in made)
                    if (before is null) states.Members.Leave(unused.State);
                throw exception as SourceFaultException ?? new SourceFaultException(exception.Message, exception);
            }
            LiveMember[] gone =
                [.. _members.Values.Where(member => member.Group == open && member.Origin == MemberOrigin.List && !names.Contains(member.Name))];
            foreach (LiveMember member in gone) changed[member.Member] = null;
            foreach ((LiveMember each, LiveMember? before) in made)
                if (before is not null) changed[before.Member] = each.Member;
            open.List.Change(changed, made.Where(each => each.Before is null).Select(each => each.Made.Member));
            foreach (LiveMember member in gone) Forget(member);
            foreach ((LiveMember each, LiveMember? before) in made) Put(each, before);
        }
    }

    /// <summary>Takes out the members whose time is over, and forgets the states that nothing uses any more.</summary>
    public void Sweep()
    {
        lock (Sync)
        {
            long now = time.GetTimestamp();
            LiveMember[] over = [.. _members.Values.Where(member => member.Deadline <= now)];
            if (over.Length > 0) Remove(over);
        }
        states.Members.Sweep();
    }

    /// <summary>The members of a group, or of all groups, in no particular order.</summary>
    public IReadOnlyList<LiveMember> GetMembers(string? group = null)
    {
        lock (Sync) return [.. _members.Values.Where(member => group is null || member.Group.Name == group)];
    }

    /// <summary>The member of a name; null when there is none.</summary>
    public LiveMember? Find(string name)
    {
        lock (Sync) return _members.GetValueOrDefault(name);
    }

    /// <summary>How many members a group has that were published, and how many of its list.</summary>
    public (int Published, int Listed) CountOf(string group)
    {
        lock (Sync) return _rules.Groups.TryGetValue(group, out OpenGroup? open) ? (open.Published, open.Listed) : default;
    }

    public async ValueTask DisposeAsync()
    {
        LiveMember[] all;
        lock (Sync)
        {
            all = [.. _members.Values];
            _rules = MemberRules.None;
            foreach (LiveMember member in all) Forget(member);
        }
        foreach (IRetirable exit in all.Select(member => member.Exit).OfType<IRetirable>()) await exit.DisposeAsync().ConfigureAwait(false);
    }

    private LiveMember Make(OpenGroup open, MemberEntry entry, MemberOrigin origin)
    {
        bool isNew = states.Members.Find(entry.Name) is null;
        ExitState state = states.Members.Join(entry.Name, open.State);
        try
        {
            return new LiveMember(open, entry, origin, state, _rules.Exits!.Member(entry.Exit, state)) { Since = time.GetUtcNow() };
        }
        catch
        {
            if (isNew) states.Members.Leave(state);
            throw;
        }
    }

    // The list of the group has it already.
    private void Put(LiveMember member, LiveMember? before)
    {
        if (before is not null) End(before);
        else Count(member, 1);
        _members[member.Name] = member;
        // What was learnt of the exit before says nothing of this one.
        if (before is not null) member.State.ForgetQuality();
        Begin(member);
    }

    private void Begin(LiveMember member)
    {
        member.State.Health.Use(member.Group.Check);
        (member.Exit as IRetirable)?.Open();
        if (member.Group.Check is not { Target: not null } check) return;
        CancellationTokenSource probing = new();
        member.Probing = probing;
        _ = _probes.RunAsync(member.Exit, member.State, check, probing.Token);
    }

    private static void End(LiveMember member)
    {
        member.Probing?.Cancel();
        (member.Exit as IRetirable)?.Retire();
    }

    private void Remove(IEnumerable<LiveMember> members)
    {
        foreach (IGrouping<OpenGroup, LiveMember> group in members.GroupBy(member => member.Group))
        {
            group.Key.List.Change(group.ToDictionary(member => member.Member, static _ => (Member?)null));
            foreach (LiveMember member in group) Forget(member);
        }
    }

    private void Forget(LiveMember member)
    {
        End(member);
        Count(member, -1);
        _members.Remove(member.Name);
        states.Members.Leave(member.State);
    }

    private static void Count(LiveMember member, int change)
    {
        if (member.Origin == MemberOrigin.Published) member.Group.Published += change;
        else member.Group.Listed += change;
    }
}
