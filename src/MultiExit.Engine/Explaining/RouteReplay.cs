using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Routing.Conditions;
using MultiExit.Engine.Routing.Geo;
using MultiExit.Engine.Routing.RuleSets;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Explaining;

/// <summary>Sends sessions that were through the rules of a candidate configuration, one after the other, and counts what would change. Nothing
/// is dialed or looked up; a name has the address that was recorded. Memory does not grow with the number of sessions.</summary>
internal sealed class RouteReplay
{
    private const string Refused = "refused";
    private const string Block = "block";
    private const int MaxChanges = 100;
    private const int MaxExamples = 3;
    private readonly GatewayConfig _config;
    private readonly Rule[] _rules;
    private readonly string[] _texts;
    private readonly ReplayTime _time;
    private readonly UserPolicies _policies;
    private readonly Dictionary<string, AddressPrefixSet> _clients = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To, string Rule), (long Count, List<string> Examples)> _changes = [];
    private long _sessions, _same, _different, _refused, _admitted, _undecided;

    /// <param name="config">The candidate.</param>
    /// <param name="exits">Its exits, which are not used.</param>
    /// <param name="sets">Its rule sets.</param>
    /// <param name="geo">Its databases of addresses.</param>
    /// <param name="time">The clock.</param>
    public RouteReplay(GatewayConfig config, ExitSet exits, IReadOnlyDictionary<string, RuleSet> sets, GeoDatabases geo, TimeProvider time)
    {
        _config = config;
        _time = new ReplayTime(time);
        ConditionParts parts = new(_time) { Sets = sets, Geo = geo };
        _rules = [.. config.Routes.Select((route, index) => new Rule(route, index, exits.Get(route.ExitOf(config.Default)), parts))];
        _texts = [.. config.Routes.Select((route, index) => $"rule {(index + 1).ToString(CultureInfo.InvariantCulture)} ({RuleText.Of(route)})")];
        _policies = new UserPolicies(config);
        foreach (InboundConfig inbound in config.Inbounds)
            if (inbound.Allow is { Count: > 0 } networks) _clients[inbound.Name] = new AddressPrefixSet(networks);
    }

    /// <summary>What was found so far.</summary>
    public ReplayReport Report => new()
    {
        Sessions = _sessions, Same = _same, Different = _different, Refused = _refused, Admitted = _admitted, Undecided = _undecided,
        Changes = [.. _changes.OrderByDescending(change => change.Value.Count)
            .Select(change => new ReplayChange(change.Key.From, change.Key.To, change.Key.Rule, change.Value.Count, change.Value.Examples))],
    };

    /// <summary>Takes a session.</summary>
    public void Add(SessionRecord session)
    {
        // An association is in its destinations; a prober is passed on whatever the rules say.
        if (session.Protocol == "fallback" || session is { Network: "udp", Flow: null, Ended: not null }) return;
        _sessions++;
        if (Before(session) is not { } from || !Destination.TryParse(session.Destination, -1, out Destination? destination))
        {
            _undecided++;
            return;
        }
        _time.Now = session.Started;
        if (After(session, destination) is not (var to, var rule)) _undecided++;
        else Count(session, from, to, rule);
    }

    // Null where it ended before it was routed, or for a reason that has nothing to do with rules.
    private static string? Before(SessionRecord session)
    {
        string? exit = session.Group ?? session.Exit;
        if (exit == Block) return Refused;
        return session is { Outcome: SessionOutcome.NotAllowed, Exit: null } ? null : exit;
    }

    private (string To, string Rule)? After(SessionRecord session, Destination destination)
    {
        InboundConfig? inbound = _config.Inbounds.FirstOrDefault(inbound => inbound.Name == session.Inbound);
        if (inbound is null) return (Refused, $"there is no inbound {session.Inbound}");
        if (_clients.TryGetValue(inbound.Name, out AddressPrefixSet? clients) && !clients.Contains(session.Client.Address))
            return (Refused, $"`allow` of {inbound.Name}");
        UserConfig? account = inbound.Users.FirstOrDefault(account => account.Name == session.User);
        bool ofBackEnd = session.User is not null && account is null && inbound.Auth is not null;
        if (session.User is null ? !inbound.HasNoUsers : account is null && !ofBackEnd)
            return (Refused, session.User is null ? $"{inbound.Name} asks for a login" : $"{inbound.Name} has no user {session.User}");
        RequestInfo request = new()
        {
            Inbound = session.Inbound, Protocol = session.Protocol, User = session.User, Client = session.Client, Local = session.Local,
            Groups = account?.Groups ?? [],
            Destination = destination, Network = session.Network == "udp" ? Network.Udp : Network.Tcp,
            PrivateDestinationsAllowed = inbound.AllowsPrivateDestinations,
        };
        IReadOnlyList<IPAddress>? addresses = session.Resolved is { } address ? [address] : null;
        if (_policies.Of(request) is { } policy && (addresses is not null || !policy.NeedsAddresses(destination))
            && policy.Refusal(destination, addresses) is { } forbidden) return (Refused, forbidden);
        if (PrivateDestinations.Refuses(request)) return (Refused, "private destinations");
        bool isAssociation = session is { Network: "udp", Flow: null };
        RouteMatch match = new(request, (isAssociation ? Unknowns.Destination : Unknowns.None) | (ofBackEnd ? Unknowns.Groups : Unknowns.None))
        {
            Addresses = addresses,
        };
        return Follow(match);
    }

    private (string To, string Rule)? Follow(in RouteMatch match)
    {
        for (int i = 0; i < _rules.Length; i++)
        {
            if (_rules[i].IsReport) continue;
            Truth truth = _rules[i].Test(match);
            if (truth == Truth.Unknown) return null;
            if (truth == Truth.Yes) return (Named(_rules[i].Route.Exit.Name), _texts[i]);
        }
        // The exit of a user of a back-end may be one that the back-end names.
        return match.Lacks(Unknowns.Groups) ? null : (Named(_config.Default), "default");
    }

    private static string Named(string exit) => exit == Block ? Refused : exit;

    private void Count(SessionRecord session, string from, string to, string rule)
    {
        if (from == to)
        {
            _same++;
            return;
        }
        if (to == Refused) _refused++;
        else if (from == Refused) _admitted++;
        else _different++;
        (string, string, string) key = (from, to, rule);
        if (!_changes.TryGetValue(key, out (long Count, List<string> Examples) change))
        {
            if (_changes.Count >= MaxChanges) return;
            change = (0, []);
        }
        if (change.Examples.Count < MaxExamples)
        {
            change.Examples.Add(string.Create(CultureInfo.InvariantCulture, $"{session.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC {session.Client} ")
                + $"{session.User ?? "-"} by {session.Inbound} to {session.Destination}");
        }
        _changes[key] = (change.Count + 1, change.Examples);
    }

    // The time at which the session began.
    private sealed class ReplayTime(TimeProvider time) : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
