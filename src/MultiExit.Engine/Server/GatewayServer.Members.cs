using System.Globalization;
using System.Text.Json;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Members;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Members;
using MultiExit.Engine.Sources;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>Groups, and the exits that are members of them at run time.</content>
public sealed partial class GatewayServer
{
    private readonly MemberTable _members;
    private readonly SourceTable<MemberSource, IReadOnlyList<MemberEntry>> _lists;

    /// <summary>The groups in the order of the configuration.</summary>
    public IReadOnlyList<GroupStatus> GetGroups() => [.. _config.Groups.Select(StatusOf)];

    /// <summary>The exits that are members of groups at run time, by name.</summary>
    /// <param name="group">The group; null: those of all groups.</param>
    /// <exception cref="ProxyException">There is no such group.</exception>
    public IReadOnlyList<ExitStatus> GetMembers(string? group = null)
    {
        if (group is not null) CheckGroup(group);
        IReadOnlyList<LiveMember> members = _members.GetMembers(group);
        Dictionary<ExitState, (long Up, long Down)> bytes = _sessions.GetBytesOf(members.Select(member => member.State));
        return [.. members.OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => StatusOf(member, bytes))];
    }

    /// <summary>Publishes an exit into a group that says <c>publish</c>. The same one again lasts longer; another one of its name takes its place, and sessions
    /// through the one before go on. It stays across reloads, and not across a restart.</summary>
    /// <param name="group">The group.</param>
    /// <param name="name">Its name; null: that of the key <c>name</c>, or one made of its server.</param>
    /// <param name="exit">The keys of an exit, with <c>expires</c> for how long it lasts (seconds, or a text such as 10m; without it, as long as the group
    /// allows). A URL in <c>server</c> stands for type, login and options.</param>
    /// <returns>The exit.</returns>
    /// <exception cref="ProxyException">It is not valid, and the exception has all faults; or the group does not take it.</exception>
    public ExitStatus PublishExit(string group, string? name, JsonElement exit)
    {
        ArgumentNullException.ThrowIfNull(group);
        (MemberEntry entry, TimeSpan? lifetime) = PublishedExit.Read(exit.ValueKind == JsonValueKind.Undefined ? "" : exit.GetRawText(), name);
        if (_state != ServerState.Running) throw new ProxyException(ProxyError.ServerState, $"the server {_config.Name} has stopped");
        LiveMember member = _members.Publish(group, entry, lifetime);
        return StatusOf(member, []);
    }

    /// <summary>Takes a published exit out of its group. Sessions through it go on.</summary>
    /// <returns>False when the group has no published exit of that name.</returns>
    /// <exception cref="ProxyException">There is no such group.</exception>
    public bool UnpublishExit(string group, string name)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(name);
        CheckGroup(group);
        return _members.Unpublish(group, name);
    }

    /// <summary>Looks at the list of a group's members now, and puts in force what it says where that is valid.</summary>
    /// <returns>The group afterwards; the <see cref="MemberListStatus.Problem"/> of its list says why it is not what its source says.</returns>
    /// <exception cref="ProxyException">There is no such group, or it has no list.</exception>
    public async Task<GroupStatus> UpdateGroupAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        CheckGroup(name);
        if (await _lists.UpdateAsync(name, cancellationToken).ConfigureAwait(false) is null)
            throw new ProxyException(ProxyError.InvalidConfiguration, $"group {name} has no list of members (`members`)");
        return GetGroups().First(group => group.Name == name);
    }

    private void CheckGroup(string name)
    {
        if (!_config.Groups.Any(group => group.Name == name)) throw new ProxyException(ProxyError.InvalidConfiguration, $"there is no group named {name}");
    }

    // A list that another configuration has left may still be in the middle of a fetch.
    private void UseLists(IReadOnlyDictionary<string, MemberSource> lists)
    {
        foreach (MemberSource list in lists.Values)
        {
            list.Following = (entries, use) =>
            {
                lock (_members.Sync)
                {
                    if (!_lists.All.Contains(list)) throw new SourceFaultException("the group has another list by now");
                    _members.Follow(list.Name, entries);
                    // Within the lock: a reload builds its members of what the list has in force.
                    use();
                }
            };
        }
        _lists.Use(lists);
    }

    private void LogDropped(MemberChange change)
    {
        foreach (IGrouping<string, (string Name, string Group, string Reason)> group in change.Dropped.GroupBy(each => each.Group, StringComparer.Ordinal))
            _log.MembersDropped(group.Key, group.Count(), group.First().Name, group.First().Reason);
    }

    private SourceReports<IReadOnlyList<MemberEntry>> ReportsOfLists() => new(
        (list, entries) => _log.MembersLoaded(list.Name, entries.Count),
        (list, reason) => _log.MembersFailed(list.Name, reason, list.Version?.Fetched),
        (list, away) => _log.MembersBack(list.Name, away),
        "MX1122");

    private IEnumerable<ServerWarning> StaleLists() =>
        from list in _lists.All
        let fault = list.Fault
        where fault is not null
        select new ServerWarning("MX1120", $"the list of members of group {list.Name} cannot be had since {Moment(fault.Since)}, " + (list.Version is { } kept
            ? $"what was had at {Moment(kept.Fetched)} stays in force" : "and was never had") + $": {fault.Reason}");

    private static string Moment(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    private GroupStatus StatusOf(GroupConfig group)
    {
        (int published, int listed) = _members.CountOf(group.Name);
        MemberSource? list = _lists.All.FirstOrDefault(list => list.Name == group.Name);
        return new GroupStatus
        {
            Name = group.Name, Strategy = JsonNamingPolicy.SnakeCaseLower.ConvertName(group.Strategy.ToString()), Configured = group.Exits.Count,
            Published = published, Listed = listed, Available = _exits?.TryGet(group.Name, out IExit? exit) == true ? exit.Group?.AvailableCount ?? 0 : 0,
            MaxPublished = group.Publish?.Max, LongestExpiry = group.Publish?.Expires,
            List = list is null ? null : new MemberListStatus
            {
                Source = list.Settings.Source, Every = list.Settings.Every, Sha256 = list.Version?.Sha256, Loaded = list.Version?.Fetched,
                State = list.Version is null ? RuleSetState.Missing : list.Fault is null ? RuleSetState.Current : RuleSetState.Stale,
                Checked = list.Checked, FailingSince = list.Fault?.Since, Problem = list.Fault?.Reason,
            },
        };
    }

    private static ExitStatus StatusOf(LiveMember member, Dictionary<ExitState, (long Up, long Down)> bytes) =>
        StatusOf(member.State, member.Entry.Exit.Type, [], member.Entry.Exit.Weight, member.State.Health.Status, bytes, null) with
        {
            MemberOf = member.Group.Name, Origin = member.Origin, Since = member.Since, Expires = member.Expires,
            User = (member.Entry.Exit as TunnelExitConfig)?.User, Country = member.Entry.Exit.Country,
            Loss = Math.Round(member.State.Loss.Share, 4), Latency95 = member.State.Times.Percentile95,
            Carriers = member.Exit is IRetirable { ConnectionCount: int count } ? member.State.Carriers.GetStatus(count) : null,
        };
}
