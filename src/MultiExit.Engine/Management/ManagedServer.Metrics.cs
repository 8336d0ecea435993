using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Control;
using MultiExit.Engine.Metrics;

namespace MultiExit.Engine.Management;

/// <content>The listener for scrapers of metrics.</content>
public sealed partial class ManagedServer
{
    // A scraper that hangs keeps a place for half a minute at most.
    private static readonly EndpointLimits ScraperLimits = new()
    {
        Connections = 16, Idle = TimeSpan.FromSeconds(30), Request = TimeSpan.FromSeconds(5), Write = TimeSpan.FromSeconds(10),
    };

    // Under the lock of changes.
    private HttpEndpoint? _scrapers;

    /// <summary>The address of the listener for scrapers, with the real port; null: there is none.</summary>
    public IPEndPoint? MetricsEndPoint => _scrapers?.EndPoint;

    private void StartScrapers()
    {
        if (_scrapers is not { } endpoint) return;
        ControlRoutes routes = new([new MetricResource(this)], Gateway.Log);
        endpoint.Start(routes, ScraperLimits, "the metrics listener", Gateway.Log, _time);
        Gateway.Log.MetricsOpened(endpoint.EndPoint);
    }

    // Null where the one in force stays, or none is configured.
    private HttpEndpoint? BindScrapers(GatewayConfig config) =>
        config.Metrics.Listen is not { } listen || _scrapers?.Is(listen) == true ? null : HttpEndpoint.Bind(listen, _scrapers);

    // Nothing from here on can fail.
    private void UseScrapers(GatewayConfig config, HttpEndpoint? bound)
    {
        HttpEndpoint? removed = _scrapers;
        if (bound is null && removed?.Is(config.Metrics.Listen) != false) return;
        _scrapers = bound;
        StartScrapers();
        if (removed is null) return;
        _ = removed.DisposeAsync().AsTask();
        Gateway.Log.MetricsClosed(removed.EndPoint);
    }

    private void ObserveChanges() => Gateway.Metrics.Observe(MetricCatalog.ConfigFailed, () => _state.LastError is null ? 0 : 1);
}
