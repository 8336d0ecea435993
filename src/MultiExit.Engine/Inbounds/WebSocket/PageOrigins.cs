using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.Inbounds.WebSocket;

/// <summary>Keeps web pages out that nobody asked in: any page may open a WebSocket to any server that its reader's browser reaches, and
/// the browser says with <c>Origin</c> whose page it is (RFC 6455 section 10.2).</summary>
internal static class PageOrigins
{
    /// <summary>The refusal of a request; null when it is no page's, or one of a page that may come in.</summary>
    /// <param name="request">The request.</param>
    /// <param name="origins">The origins of the configuration.</param>
    public static HttpAnswer? Refusal(WebSocketRequest request, IReadOnlyList<string> origins) =>
        request.Origin is { } origin && !WebOrigin.IsAllowed(origins, origin) ? new(403, "web pages of this origin may not come in (origins)") : null;
}
