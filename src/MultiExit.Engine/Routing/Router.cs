using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Routing;

/// <summary>Chooses the exit of a request: the first rule that matches, otherwise the default. Immutable; a reload makes a new one.</summary>
internal sealed class Router
{
    private readonly Rule[] _rules;
    private readonly Route _default;
    private readonly UserPolicies _policies;
    private readonly INameResolver _resolver;
    private readonly TimeSpan _resolveTimeout;
    private readonly DeadlinePool _deadlines;

    /// <summary>Makes the router of a configuration.</summary>
    /// <exception cref="ProxyException">A rule or the default names an exit that does not exist.</exception>
    public Router(GatewayConfig config, ExitSet exits, INameResolver resolver, TimeProvider time)
    {
        _rules = [.. config.Routes.Select((route, index) => new Rule(route, index, exits.Get(route.Exit)))];
        _default = new Route(exits.Get(config.Default), null, null);
        _policies = new UserPolicies(config);
        _resolver = resolver;
        _resolveTimeout = config.Limits.ConnectTimeout;
        _deadlines = new DeadlinePool(time);
    }

    /// <summary>Chooses. Completes at once unless a rule on networks needs the addresses of a name; that name is resolved once.</summary>
    public ValueTask<Route> SelectAsync(RequestInfo request, CancellationToken cancellationToken)
    {
        if (_policies.Of(request) is { } policy)
        {
            if (policy.NeedsAddresses(request.Destination)) return ResolveAndSelectAsync(request, 0, cancellationToken);
            if (policy.Refusal(request.Destination, null) is { } refusal) return new(Refused(refusal));
        }
        for (int i = 0; i < _rules.Length; i++)
        {
            Rule rule = _rules[i];
            if (!rule.Matches(request)) continue;
            if (!rule.HasNetworks) return new(rule.Route);
            if (request.Destination.IsDomain) return ResolveAndSelectAsync(request, i, cancellationToken);
            if (rule.Matches(request.Destination.Address)) return new(rule.Route);
        }
        return new(_default);
    }

    /// <summary>The route of a UDP association where all destinations have the same exit; null where it depends on them.</summary>
    public Route? SelectForAll(RequestInfo association)
    {
        if (_policies.Of(association) is not null) return null;
        Route? only = null;
        foreach (Rule rule in _rules)
        {
            if (!rule.MayMatch(association)) continue;
            if (only is not null && only.Exit != rule.Route.Exit) return null;
            only = rule.Route;
            if (!rule.HasDestinations) return only;
        }
        return only is null || only.Exit == _default.Exit ? _default : null;
    }

    private static Route Refused(string reason) => new(new BlockExit(reason), null, null);

    // From the first rule on that needs addresses. A name that does not resolve matches no rule on networks.
    private async ValueTask<Route> ResolveAndSelectAsync(RequestInfo request, int first, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress>? addresses = await ResolveAsync(request.Destination.Host, cancellationToken).ConfigureAwait(false);
        if (_policies.Of(request)?.Refusal(request.Destination, addresses) is { } refusal) return Refused(refusal);
        for (int i = first; i < _rules.Length; i++)
        {
            Rule rule = _rules[i];
            if (!rule.Matches(request)) continue;
            if (!rule.HasNetworks || addresses is not null && addresses.Any(rule.Matches)) return rule.Route with { ResolvedAddresses = addresses };
        }
        return _default with { ResolvedAddresses = addresses };
    }

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
