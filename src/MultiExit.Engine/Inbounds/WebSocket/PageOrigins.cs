using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.Inbounds.WebSocket;

/// <summary>Keeps out web pages that are not allowed: any page may open a WebSocket to any server that the browser of its visitor reaches,
/// and the browser sends the page's origin in the field <c>Origin</c> (RFC 6455 section 10.2).</summary>
internal static class PageOrigins
{
    /// <summary>The refusal of a request; null when it does not come from a page, or from one that may come in.</summary>
    /// <param name="request">The request.</param>
    /// <param name="origins">The origins of the configuration.</param>
    public static HttpAnswer? Refusal(WebSocketRequest request, IReadOnlyList<string> origins) =>
        request.Origin is { } origin && !WebOrigin.IsAllowed(origins, origin) ? new(403, "web pages of this origin may not come in (origins)") : null;
}
