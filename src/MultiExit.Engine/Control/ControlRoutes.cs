using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Control;

/// <summary>The action of an endpoint for each request; docs/operations.md is the reference.</summary>
/// <param name="resources">What is there.</param>
/// <param name="log">The log.</param>
internal sealed class ControlRoutes(IReadOnlyList<IControlResource> resources, EngineLog log) : IEndpointRoutes
{
    /// <summary>All that can be done with a server.</summary>
    public static ControlRoutes OfServer(IServerControl server, EngineLog log, TimeProvider time, SwitchedConnection? takeover = null) => new(
        [new ServerResource(server), new ExitResource(server), new GroupResource(server), new ConfigResource(server), new VersionResource(server),
            new RouteResource(server),
            new RuleSetResource(server), new LogResource(server), new MetricResource(server), new EventResource(server, time),
            new RecordResource(server), new TrafficResource(server), new TakeoverResource(server, takeover)], log);

    public int MaxBody(ControlRequest request) => Find(request)?.MaxBody(request.Path) ?? IControlResource.UsualMaxBody;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        if (Find(request) is not { } resource)
        {
            return ControlAnswer.Fail(404, "NotFound",
                $"there is no such resource; there are {string.Join(", ", resources.Select(each => each.Paths))}");
        }
        string methods = resource.Methods(request.Path)!;
        if (!methods.Split(", ").Contains(request.Method, StringComparer.Ordinal))
            return ControlAnswer.Fail(405, "MethodNotAllowed", $"this resource takes {methods}") with { Allow = methods };
        if (!request.IsRead) log.ControlRequest(request.Over, request.Who, request.Method, request.Target);
        try
        {
            return await resource.AnswerAsync(request).ConfigureAwait(false);
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

    private IControlResource? Find(ControlRequest request) => resources.FirstOrDefault(resource => resource.Methods(request.Path) is not null);
}
