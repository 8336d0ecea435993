using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Members;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Members;

/// <summary>What a configuration says of members that come at run time: which groups take them, and which names and ways are not theirs. Immutable but
/// for the counts of its groups.</summary>
internal sealed class MemberRules
{
    private readonly GatewayConfig _config;
    private readonly HashSet<string> _configured;

    private MemberRules(GatewayConfig config, ExitSet? exits, Dictionary<string, OpenGroup> groups)
    {
        _config = config;
        Exits = exits;
        Groups = groups;
        _configured = [DirectExit.ExitName, BlockExit.ExitName, .. config.Exits.Select(exit => exit.Name), .. config.Groups.Select(group => group.Name)];
    }

    /// <summary>Those before there is a configuration, and after the end.</summary>
    public static MemberRules None { get; } = new(new GatewayConfig(), null, []);

    /// <summary>The exits of the configuration.</summary>
    public ExitSet? Exits { get; }

    /// <summary>The groups that take members, by name.</summary>
    public IReadOnlyDictionary<string, OpenGroup> Groups { get; }

    /// <summary>Those of a configuration.</summary>
    public static MemberRules Of(GatewayConfig config, ExitSet exits, ExitStates states) => new(config, exits,
        config.Groups.Where(group => group.TakesMembers).ToDictionary(
            group => group.Name,
            group => new OpenGroup(group, ((ExitGroup)exits.Get(group.Name)).List, states.Own(group.Name), HealthChecks.OfMembers(config, group)),
            StringComparer.Ordinal));

    /// <summary>The error for a member that is not taken.</summary>
    public static ProxyException Refused(string reason) => new(ProxyError.MemberRefused, reason);

    /// <summary>The names of the exits and groups of the configuration.</summary>
    public IEnumerable<string> Configured => _configured;

    /// <summary>Whether an exit or group of the configuration has the name.</summary>
    public bool IsConfigured(string name) => _configured.Contains(name);

    /// <summary>The group into which exits may be published.</summary>
    /// <exception cref="ProxyException">There is none of that name, or it does not take them.</exception>
    public OpenGroup ToPublish(string group)
    {
        if (Groups.TryGetValue(group, out OpenGroup? open) && open.Config.Publish is not null) return open;
        throw Refused(_config.Groups.FirstOrDefault(each => each.Name == group) switch
        {
            null => $"there is no group named {group}",
            { Pool: not null } => $"{group} is an exit with a pool of addresses, which takes no published exits; publish into a group that has it as a member",
            _ => $"group {group} takes no published exits; write `publish: true` there",
        });
    }

    /// <summary>How long a member lasts.</summary>
    /// <exception cref="ProxyException">It is longer than the group allows, or over already.</exception>
    public TimeSpan LifetimeIn(OpenGroup group, TimeSpan? asked)
    {
        TimeSpan longest = group.Config.Publish!.Expires;
        if (asked is not { } lifetime) return longest;
        if (lifetime <= TimeSpan.Zero) throw Refused("it expires before it is published; expected a duration such as 10m");
        return lifetime <= longest ? lifetime : throw Refused($"it asks for {DurationText.Format(lifetime)}, and group {group.Name} "
            + $"lets no published exit last longer than {DurationText.Format(longest)} (`publish.expires`)");
    }

    /// <summary>Why a group does not take an exit; null: it does.</summary>
    /// <param name="group">The group.</param>
    /// <param name="entry">The exit.</param>
    /// <param name="origin">Who gives it.</param>
    /// <param name="present">The member that has its name now; null: none has.</param>
    public string? Refusal(OpenGroup group, MemberEntry entry, MemberOrigin origin, LiveMember? present)
    {
        if (IsConfigured(entry.Name)) return $"the name {entry.Name} is that of an exit or group of the configuration; choose another";
        if (present is not null && (present.Group.Name != group.Name || present.Origin != origin))
        {
            string by = present.Origin == MemberOrigin.Published ? "a published exit" : "an exit of the list";
            return $"the name {entry.Name} is that of {by} of group {present.Group.Name}; choose another";
        }
        if (entry.Exit.Hop?.Via is not { } via) return null;
        if (!IsConfigured(via)) return $"{entry.Name}: via: there is no exit or group named {via} in the configuration";
        // Its members could lead back to this exit.
        return OpenBehind(via, []) is { } open ? $"{entry.Name}: via: {via} leads to group {open}, whose members come and go; name another way" : null;
    }

    private string? OpenBehind(string name, HashSet<string> seen)
    {
        if (!seen.Add(name)) return null;
        if (_config.Exits.FirstOrDefault(exit => exit.Name == name) is { } exit) return exit.Hop?.Via is { } via ? OpenBehind(via, seen) : null;
        if (_config.Groups.FirstOrDefault(group => group.Name == name) is not { } found) return null;
        return found.TakesMembers ? name : found.Exits.Select(member => OpenBehind(member, seen)).FirstOrDefault(open => open is not null);
    }
}
