using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Routing.Conditions;

namespace MultiExit.Engine.Server;

/// <content>Explaining routes.</content>
public sealed partial class GatewayServer
{
    /// <summary>Explains which way a request would take now, and why. Nothing is dialed, and no turn of a strategy is taken.</summary>
    /// <exception cref="ProxyException">The inbound is unknown, or none is named and there are several.</exception>
    public async Task<RouteExplanation> ExplainRouteAsync(RouteQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return await (await ExplainerAsync(cancellationToken).ConfigureAwait(false)).ExplainAsync(query, cancellationToken).ConfigureAwait(false);
    }

    private string? RefusalOf(RequestInfo request, List<string> notes) => _logins.IsLocked(request.Client.Address)
        ? $"{request.Client.Address} is locked out after failed logins" : _limits.RefusalOf(request, notes);

    // All parts belong to one configuration, not to two halves.
    private async Task<RouteExplainer> ExplainerAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new RouteExplainer(_config, _exits!, _resolvers.For(_config.Dns), _options.Time, RefusalOf)
            {
                Members = _members.Find,
                KnownUser = _inboundStates.Users.Known.FindAccount,
                Parts = new ConditionParts(_options.Time) { Sets = _sets.All.ToDictionary(set => set.Config.Name, StringComparer.Ordinal), Geo = _geo },
            };
        }
        finally
        {
            _changing.Release();
        }
    }
}
