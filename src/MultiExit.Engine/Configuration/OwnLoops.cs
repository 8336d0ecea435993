using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration;

/// <summary>Finds exits and targets that lead back to the inbounds that use them. Names are not looked up; what they hide is found when a
/// request comes round (docs/decisions/0075-a-request-that-comes-round-ends.md).</summary>
internal sealed class OwnLoops
{
    private const int Elsewhere = -1;
    private readonly GatewayConfig _config;
    private readonly Func<IPAddress, bool> _isOwn;
    private readonly List<Way>[] _ways;

    private OwnLoops(GatewayConfig config, Func<IPAddress, bool> isOwn)
    {
        _config = config;
        _isOwn = isOwn;
        _ways = [.. config.Inbounds.Select(WaysOf)];
    }

    /// <summary>Finds all of them.</summary>
    /// <param name="config">A configuration whose names are known to exist; where one does not, fewer loops are found.</param>
    /// <param name="isOwn">Which addresses are this host's, beside loopback.</param>
    public static IReadOnlyList<OwnLoop> Find(GatewayConfig config, Func<IPAddress, bool> isOwn) => new OwnLoops(config, isOwn).Find();

    private List<OwnLoop> Find()
    {
        bool[] doomed = FindDoomed();
        Dictionary<(string, int), OwnLoop> found = [];
        for (int from = 0; from < _ways.Length; from++)
        {
            foreach (Way way in _ways[from].Where(way => way.To != Elsewhere && Leads(way.To, from)))
            {
                bool certain = doomed[from] && doomed[way.To];
                OwnLoop loop = new(way.List, way.Index, way.List == "exits" ? "server" : "target",
                    way.List == "exits" ? _config.Exits[way.Index].Name : _config.Inbounds[way.Index].Name, _config.Inbounds[way.To].Name, certain);
                if (!found.TryGetValue((way.List, way.Index), out OwnLoop? known) || certain && !known.IsCertain) found[(way.List, way.Index)] = loop;
            }
        }
        return [.. found.Values];
    }

    // The exits from which every way leads to another of them: what is left when all others have been taken away.
    private bool[] FindDoomed()
    {
        bool[] doomed = [.. _ways.Select(ways => ways.Count > 0)];
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int i = 0; i < doomed.Length; i++)
            {
                if (!doomed[i] || _ways[i].All(way => way.To != Elsewhere && doomed[way.To])) continue;
                doomed[i] = false;
                changed = true;
            }
        }
        return doomed;
    }

    private bool Leads(int from, int to)
    {
        HashSet<int> seen = [from];
        Queue<int> open = new([from]);
        while (open.TryDequeue(out int inbound))
        {
            if (inbound == to) return true;
            foreach (Way way in _ways[inbound].Where(way => way.To != Elsewhere && seen.Add(way.To))) open.Enqueue(way.To);
        }
        return false;
    }

    private List<Way> WaysOf(InboundConfig inbound, int index)
    {
        List<Way> ways = [];
        HashSet<(string, Destination?)> seen = [];
        foreach (RouteConfig route in _config.Routes.Where(route => route.Action != RouteAction.Report && MayMatch(route, inbound)))
        {
            Follow(route.ExitOf(_config.Default), null, default);
            if (route is { Users.Count: 0, IsOpen: true }) return ways;
        }
        Follow(_config.Default, null, default);
        return ways;

        // What is dialed for the exit: the server of the last one of its chain, or the target.
        void Follow(string name, Destination? server, Way via)
        {
            if (!seen.Add((name, server))) return;
            if (_config.Groups.FirstOrDefault(group => group.Name == name) is { } group)
            {
                foreach (string member in group.Exits) Follow(member, server, via);
                return;
            }
            int exit = _config.Exits.TakeWhile(candidate => candidate.Name != name).Count();
            if (exit < _config.Exits.Count && _config.Exits[exit].Hop is { } hop)
            {
                Follow(hop.Via ?? "direct", hop.Server, new Way("exits", exit, Elsewhere));
                return;
            }
            Way dialed = server is null ? new Way("inbounds", index, Elsewhere) : via;
            ways.Add(dialed with { To = name != "block" && (server ?? inbound.OnlyTarget) is { } target ? Find(target) : Elsewhere });
        }
    }

    private static bool MayMatch(RouteConfig route, InboundConfig inbound) =>
        (route.Inbounds.Count == 0 || route.Inbounds.Contains(inbound.Name, StringComparer.Ordinal))
        && (route.Users.Count == 0 || inbound.Auth is not null || inbound.Users.Any(account => route.Users.Contains(account.Name, StringComparer.Ordinal)));

    private int Find(Destination target)
    {
        for (int i = 0; i < _config.Inbounds.Count; i++)
            if (target.Port != 0 && _config.Inbounds[i].Listen is { } listen && listen.Port == target.Port && Covers(listen.Address, target)) return i;
        return Elsewhere;
    }

    private bool Covers(IPAddress listen, Destination target)
    {
        if (target.Address is not { } address)
            return target.Host == "localhost" && (IsAny(listen) || listen.Equals(IPAddress.Loopback) || listen.Equals(IPAddress.IPv6Loopback));
        if (listen.Equals(address)) return true;
        // An unspecified address as a destination is this host (RFC 1122 section 3.2.1.3, as Linux has it).
        if (IsAny(address)) return IsAny(listen) || IPAddress.IsLoopback(listen);
        bool family = listen.Equals(IPAddress.IPv6Any) || listen.Equals(IPAddress.Any) && address.AddressFamily == AddressFamily.InterNetwork;
        return family && (IPAddress.IsLoopback(address) || _isOwn(address));
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    // What is dialed for requests of an inbound: by the key of an exit, or of the inbound itself.
    private readonly record struct Way(string List, int Index, int To);
}
