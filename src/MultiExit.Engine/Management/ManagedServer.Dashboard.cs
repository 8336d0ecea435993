using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Control;
using MultiExit.Engine.Dashboard;
using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Management;

/// <content>The dashboard's listener.</content>
public sealed partial class ManagedServer
{
    // A browser has up to six connections, one of them for as long as the page is open. One that hangs keeps its place for half a minute at most,
    // and one client cannot have all of them.
    private static readonly EndpointLimits BrowserLimits = new()
    {
        Connections = 96, ConnectionsPerClient = 32, Idle = TimeSpan.FromSeconds(30), Request = TimeSpan.FromSeconds(5), Write = TimeSpan.FromSeconds(10),
    };

    private readonly DashboardRoutes _dashboard;

    // Under the lock of changes.
    private HttpEndpoint? _browsers;
    private DashboardAccess? _access;
    private string _dashboardUrl = "";

    /// <summary>The address of the dashboard's listener, with the real port; null: there is none.</summary>
    public IPEndPoint? DashboardEndPoint => _browsers?.EndPoint;

    private void StartDashboard()
    {
        if (_browsers is not { } endpoint || _access is not { } access) return;
        _dashboard.Use(access);
        endpoint.Start(_dashboard, BrowserLimits, "the dashboard", Gateway.Log, _time, _dashboard.OpenAsync);
        _dashboardUrl = $"{(access.Tls is null ? "http" : "https")}://{endpoint.EndPoint}/";
        Gateway.Log.DashboardOpened(_dashboardUrl);
    }

    private void WarnOfDashboard()
    {
        if (_access?.Tls?.ProblemAt(_time.GetUtcNow()) is { } problem) Gateway.Warn(Warnings.Certificate("dashboard", problem));
    }

    // Certificates are read again by each reload, as those of inbounds are.
    private void BindDashboard(GatewayConfig config, BoundListeners bound)
    {
        if (config.Dashboard is not { } dashboard) return;
        bound.Access = new DashboardAccess(dashboard, _time);
        if (_browsers?.Is(dashboard.Listen) != true) bound.Browsers = HttpEndpoint.Bind(dashboard.Listen, _browsers);
    }

    // Nothing from here on can fail.
    private void UseDashboard(GatewayConfig config, BoundListeners bound)
    {
        _access = bound.Access;
        if (_access is not null) _dashboard.Use(_access);
        WarnOfDashboard();
        HttpEndpoint? removed = _browsers;
        if (bound.Browsers is null && removed?.Is(config.Dashboard?.Listen) != false) return;
        string left = _dashboardUrl;
        _browsers = bound.Browsers;
        StartDashboard();
        if (removed is null) return;
        // Not waited for: the request that made this change may come over it.
        _ = removed.DisposeAsync().AsTask();
        Gateway.Log.DashboardClosed(left);
    }
}
