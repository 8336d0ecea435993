using MultiExit.Engine.Control;
using MultiExit.Engine.Dashboard;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Management;

/// <summary>What a configuration needs to be reached by operators, bound before it is in force: it comes into force with all of them or not at
/// all. Null for what it does not have, or what stays.</summary>
internal sealed class BoundListeners : IAsyncDisposable
{
    /// <summary>The control socket.</summary>
    public UnixListener? Control { get; set; }

    /// <summary>The control socket of readers.</summary>
    public UnixListener? Readers { get; set; }

    /// <summary>The listener for scrapers of metrics.</summary>
    public HttpEndpoint? Scrapers { get; set; }

    /// <summary>The dashboard's listener.</summary>
    public HttpEndpoint? Browsers { get; set; }

    /// <summary>Who may use the dashboard.</summary>
    public DashboardAccess? Access { get; set; }

    public async ValueTask DisposeAsync()
    {
        Control?.Dispose();
        Readers?.Dispose();
        if (Scrapers is not null) await Scrapers.DisposeAsync().ConfigureAwait(false);
        if (Browsers is not null) await Browsers.DisposeAsync().ConfigureAwait(false);
    }
}
