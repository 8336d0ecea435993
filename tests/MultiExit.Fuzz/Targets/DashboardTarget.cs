using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Dashboard;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Fuzz.Targets;

/// <summary>Connections to the dashboard's listener. Outcomes: as of the control socket.</summary>
internal static class DashboardTarget
{
    private static readonly DashboardAccess Access = new(
        new DashboardConfig(new IPEndPoint(IPAddress.Loopback, 0))
        {
            Token = new Secret("t"), Users = [new("u", Secret.Random(), DashboardRole.Operator)], Hosts = ["dash.example"],
        },
        StillTime.Instance);

    public static FuzzTarget Target => new("dashboard", input => ControlTarget.Run(input, Routes))
    {
        Words =
        [
            .. HttpText.Words, "GET /", "GET /app.js", "GET /session", "POST /login", "POST /logout", "GET /api/server", "DELETE /api/sessions/1",
            "POST /api/exits/wan1/weight", "POST /api/stop", "GET /api/records?limit=1", "Host: localhost", "Host: dash.example:1", "Host: [::1]",
            "Cookie: multiexit_=x; a=b", "Authorization: Bearer t", "X-MultiExit: 1", "Origin: https://localhost", "Sec-Fetch-Site: same-origin",
            "{\"token\":\"x\"}", "{\"name\":\"u\",\"password\":\"x\"}", "null", "[]", "%2f", "%00", "%", "\"\\\\ud800\"",
        ],
    };

    private static DashboardRoutes Routes()
    {
        DashboardRoutes routes = new(ControlTarget.Server, new LoginGuard(StillTime.Instance, ControlTarget.Log, new ServerCounters()), ControlTarget.Log,
            StillTime.Instance);
        routes.Use(Access);
        return routes;
    }
}
