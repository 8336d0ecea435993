using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Routing;

/// <summary>Who is told of rules that only say what they would do.</summary>
internal interface IRouteReports
{
    /// <summary>A rule with <c>action: report</c> matched.</summary>
    /// <param name="would">The route that it would be.</param>
    /// <param name="request">The request.</param>
    /// <param name="taken">The route that is taken.</param>
    void Matched(Route would, RequestInfo request, Route taken);
}
