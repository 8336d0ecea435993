using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Server;

/// <content>Rules and limits that only report.</content>
public sealed partial class GatewayServer : IRouteReports, ILimitReports
{
    private readonly ReportCounts _reports;

    void IRouteReports.Matched(Route would, RequestInfo request, Route taken)
    {
        string rule = NameOf(would.RuleIndex!.Value);
        _reports.Count(rule);
        _log.RuleReported(rule, request, would.Exit.Name, taken.Exit.Name);
    }

    void ILimitReports.WouldRefuse(string limit, IPEndPoint client, string reason)
    {
        _reports.Count(limit);
        _log.LimitReported(limit, client, "refuse", reason);
    }

    void ILimitReports.WouldHold(string limit, IPEndPoint client, long bytesPerSecond, TimeSpan held, bool first)
    {
        _reports.Count(limit, held);
        // Once for a session: it may be held back hundreds of times a second.
        if (first)
        {
            _log.LimitReported(limit, client, "hold back",
                string.Create(CultureInfo.InvariantCulture, $"more than {CountText.Of(bytesPerSecond, "byte")} a second have moved"));
        }
    }

    private void UseReports(GatewayConfig config) => _reports.Use([.. config.Routes.Select((route, index) => (Route: route, Name: NameOf(index)))
        .Where(each => each.Route.Action == RouteAction.Report).Select(each => (each.Name, RuleText.Of(each.Route)))]);

    private static string NameOf(int rule) => string.Create(CultureInfo.InvariantCulture, $"rule {rule + 1}");
}
