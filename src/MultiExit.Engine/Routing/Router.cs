using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Routing.Conditions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Routing;

/// <summary>Chooses the exit of a request: the first rule that matches, otherwise the default. Immutable; a reload makes a new one.</summary>
internal sealed class Router
{
    private readonly Rule[] _rules;
    private readonly Route _default;
    private readonly ExitSet _exits;
    private readonly UserPolicies _policies;
    private readonly INameResolver _resolver;
    private readonly TimeSpan _resolveTimeout;
    private readonly DeadlinePool _deadlines;
    private readonly IRouteReports? _reports;
    private readonly bool _sniffs;

    /// <summary>Makes the router of a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="exits">Its exits.</param>
    /// <param name="resolver">Looks names up.</param>
    /// <param name="time">The clock.</param>
    /// <param name="parts">What conditions look at beside the request; null: the clock alone.</param>
    /// <param name="reports">Who is told of rules that only report; null: nobody.</param>
    /// <exception cref="ProxyException">A rule or the default names an exit that does not exist.</exception>
    public Router(GatewayConfig config, ExitSet exits, INameResolver resolver, TimeProvider time, ConditionParts? parts = null, IRouteReports? reports = null)
    {
        parts ??= new ConditionParts(time);
        _rules = [.. config.Routes.Select((route, index) => new Rule(route, index, exits.Get(route.ExitOf(config.Default)), parts))];
        _default = new Route(exits.Get(config.Default), null, null);
        _exits = exits;
        _policies = new UserPolicies(config);
        _resolver = resolver;
        _resolveTimeout = config.Limits.ConnectTimeout;
        _deadlines = new DeadlinePool(time);
        _reports = reports;
        _sniffs = Array.Exists(_rules, rule => rule.Sniffs);
    }

    /// <summary>Chooses. Completes at once unless a rule needs the addresses of a name; that name is resolved once.</summary>
    public ValueTask<Route> SelectAsync(RequestInfo request, CancellationToken cancellationToken)
    {
        if (request.Choice?.Problem is { } problem) return new(Refused(problem));
        RouteMatch match = new(request);
        List<Route>? reported = null;
        if (_policies.Of(request) is { } policy)
        {
            if (policy.NeedsAddresses(request.Destination)) return ResolveAndSelectAsync(match, 0, reported, cancellationToken);
            if (policy.Refusal(request.Destination, null) is { } refusal) return new(Refused(refusal));
        }
        for (int i = 0; i < _rules.Length; i++)
        {
            Rule rule = _rules[i];
            Truth truth = rule.Test(match);
            if (truth == Truth.No) continue;
            if (truth == Truth.Unknown)
            {
                if (rule.UsesAddresses && request.Destination.IsDomain) return ResolveAndSelectAsync(match, i, reported, cancellationToken);
                continue;
            }
            if (!rule.IsReport) return new(Taken(rule.Route, request, reported));
            (reported ??= []).Add(rule.Route);
        }
        return new(Taken(DefaultOf(request), request, reported));
    }

    /// <summary>Whether the choice depends on the name in the client's first bytes, so that they have to be looked at before.</summary>
    public bool Sniffs(RequestInfo request)
    {
        if (!_sniffs || request.Choice?.Problem is not null || request.Destination.IsDomain || request.Network != Network.Tcp) return false;
        if (request.Sniffed is not null) return false;
        RouteMatch match = new(request);
        foreach (Rule rule in _rules)
        {
            Truth truth = rule.Test(match);
            if (truth == Truth.Unknown && rule.Sniffs) return true;
            if (truth == Truth.Yes && !rule.IsReport) return false;
        }
        return false;
    }

    /// <summary>The route of a UDP association where all destinations have the same exit; null where it depends on them.</summary>
    public Route? SelectForAll(RequestInfo association)
    {
        if (association.Choice?.Problem is { } problem) return Refused(problem);
        if (_policies.Of(association) is not null) return null;
        RouteMatch match = new(association, Unknowns.Destination);
        Route fallback = DefaultOf(association);
        Route? only = null;
        foreach (Rule rule in _rules)
        {
            Truth truth = rule.IsReport ? Truth.No : rule.Test(match);
            if (truth == Truth.No) continue;
            if (only is not null && only.Exit != rule.Route.Exit) return null;
            only = rule.Route;
            if (truth == Truth.Yes) return Chosen(only, association);
        }
        return only is null || only.Exit == fallback.Exit ? Chosen(fallback, association) : null;
    }

    // Rules come before what a back-end says. It was checked when it was said, and exits may have been taken away since.
    private Route DefaultOf(RequestInfo request) => request.PinnedExit is not { } pinned ? _default
        : _exits.TryGet(pinned, out IExit? exit) ? new Route(exit, null, null)
        : Refused($"the back-end of {request.User} names the exit {pinned}, which does not exist");

    private static Route Refused(string reason) => new(new BlockExit(reason), null, null) { Refusal = reason };

    // From the first rule on that needs addresses. A name that does not resolve matches no rule that depends on them.
    private async ValueTask<Route> ResolveAndSelectAsync(RouteMatch match, int first, List<Route>? reported, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress>? addresses = await ResolveAsync(match.Destination.Host, cancellationToken).ConfigureAwait(false);
        if (_policies.Of(match.Request)?.Refusal(match.Destination, addresses) is { } refusal) return Refused(refusal);
        match = match with { Addresses = addresses };
        Route fallback = DefaultOf(match.Request), taken = fallback;
        for (int i = first; i < _rules.Length; i++)
        {
            if (_rules[i].Test(match) != Truth.Yes) continue;
            taken = _rules[i].Route;
            if (!_rules[i].IsReport) break;
            (reported ??= []).Add(taken);
            taken = fallback;
        }
        return Taken(taken with { ResolvedAddresses = addresses }, match.Request, reported);
    }

    private Route Taken(Route taken, RequestInfo request, List<Route>? reported)
    {
        taken = Chosen(taken, request);
        if (reported is null || _reports is null) return taken;
        foreach (Route would in reported) _reports.Matched(would, request, taken);
        return taken;
    }

    // A client chooses among the exits that its route allows. Where a rule refuses, that is the reason.
    private static Route Chosen(Route route, RequestInfo request) =>
        request.Choice is { IsNarrow: true } choice && route.Exit.Name != BlockExit.ExitName
            && ExitChoices.Refusal(choice, route.Exit) is { } refusal
            ? Refused(refusal) with { RuleIndex = route.RuleIndex }
            : route;

    private async ValueTask<IReadOnlyList<IPAddress>?> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_resolveTimeout, cancellationToken);
        try
        {
            NameResult result = await _resolver.ResolveAsync(name, deadline.Token).ConfigureAwait(false);
            return result.Succeeded ? result.Addresses : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
