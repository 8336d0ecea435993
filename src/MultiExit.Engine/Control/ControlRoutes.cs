using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Control;

/// <summary>The action of an endpoint for each request; docs/operations.md is the reference.</summary>
/// <param name="resources">What is there.</param>
/// <param name="log">The log.</param>
/// <param name="readsOnly">Whether all that come here are readers.</param>
internal sealed class ControlRoutes(IReadOnlyList<IControlResource> resources, EngineLog log, bool readsOnly = false) : IEndpointRoutes
{
    private readonly (ControlRoute Route, IControlResource Resource)[] _routes =
        [.. resources.SelectMany(resource => resource.Routes.Select(route => (route, resource)))];

    /// <summary>All that can be done with a server.</summary>
    public static ControlRoutes OfServer(
        IServerControl server, EngineLog log, TimeProvider time, SwitchedConnection? takeover = null, bool readsOnly = false) => new(
        [new ServerResource(server), new ExitResource(server), new GroupResource(server), new ConfigResource(server), new VersionResource(server),
            new RolloutResource(server),
            new RouteResource(server), new RuleSetResource(server), new LogResource(server), new MetricResource(server), new EventResource(server, time),
            new RecordResource(server), new TrafficResource(server), new FleetResource(server),
            new TakeoverResource(server, takeover), new AccessResource()], log, readsOnly);

    public int MaxBody(ControlRequest request) => Find(request)?.MaxBody ?? IControlResource.UsualMaxBody;

    /// <summary>What a request asks for; null: nothing that is there.</summary>
    public ControlRoute? Find(ControlRequest request) => At(request.Path).FirstOrDefault(each => each.Route.Takes(request.Method)).Route;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        (ControlRoute Route, IControlResource Resource)[] there = [.. At(request.Path)];
        if (there.Length == 0)
        {
            return ControlAnswer.Fail(404, "NotFound",
                $"there is no such resource; there are {string.Join(", ", _routes.Select(each => each.Route.Path).Distinct(StringComparer.Ordinal))}");
        }
        (ControlRoute? route, IControlResource? resource) = there.FirstOrDefault(each => each.Route.Takes(request.Method));
        if (route is null)
        {
            string methods = string.Join(", ", there.SelectMany(each => each.Route.Method == "GET" ? (string[])["GET", "HEAD"] : [each.Route.Method]));
            return ControlAnswer.Fail(405, "MethodNotAllowed", $"this resource takes {methods}") with { Allow = methods };
        }
        if (readsOnly) request = request with { IsOfReader = true };
        if (request.IsOfReader && route.Access == ControlAccess.Write)
        {
            log.ReaderRefused(request.Over, request.Who, request.Method, request.Target);
            return ControlAnswer.Fail(403, nameof(ProxyError.OperatorNeeded),
                "this changes something, and whoever came in here is a reader; only operators change something");
        }
        if (!request.IsRead) log.ControlRequest(request.Over, request.Who, request.Method, request.Target);
        try
        {
            return await resource!.AnswerAsync(request).ConfigureAwait(false);
        }
        catch (ProxyException exception)
        {
            return ControlAnswer.Of(exception);
        }
        catch (FormatException exception)
        {
            return ControlAnswer.Fail(400, "InvalidRequest", exception.Message);
        }
        catch (Exception exception)
        {
            log.Unexpected("an answer to an operator", exception);
            return ControlAnswer.Fail(500, nameof(ProxyError.Unexpected), "an unexpected failure; the server's log has it (MX9000)");
        }
    }

    private IEnumerable<(ControlRoute Route, IControlResource Resource)> At(string[] path) => _routes.Where(each => each.Route.IsAt(path));
}
