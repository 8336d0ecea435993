using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Dashboard;

/// <summary>Who may come in and by which names, by a configuration. Immutable; a reload exchanges it.</summary>
internal sealed class DashboardAccess
{
    private readonly HashSet<string> _names;

    /// <param name="config">The configuration.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ProxyException">The certificate cannot be used.</exception>
    public DashboardAccess(DashboardConfig config, TimeProvider time)
    {
        Accounts = new DashboardAccounts(config);
        Tls = config.Tls is null ? null : new TlsServer(config.Tls, time);
        _names = [.. config.Hosts, "localhost"];
    }

    public DashboardAccounts Accounts { get; }

    public TlsServer? Tls { get; }

    /// <summary>Whether the host that a browser asks for is this server. A page of another site that has let its own name lead to this address
    /// (DNS rebinding) asks for that name.</summary>
    public bool IsFor(ControlRequest request)
    {
        if (request.Field("Host"u8) is not { } host || !HttpAuthority.TryParse(host, 80, out Destination? asked)) return false;
        if (asked.Address is not { } address) return _names.Contains(asked.Host);
        return IPAddress.IsLoopback(address) || address.Equals(request.Local?.Address) || _names.Contains(address.ToString());
    }

    /// <summary>Whether the page that sends a request, where there is one, is the dashboard itself.</summary>
    public bool IsFromHere(ControlRequest request)
    {
        // Browsers say it of every request to a server that they trust to be on its way unread, this host's own among them.
        if (request.Field("Sec-Fetch-Site"u8) is { } site && site is not ("same-origin" or "none")) return false;
        if (request.Field("Origin"u8) is not { } origin) return true;
        string host = request.Field("Host"u8) ?? "";
        // With TLS of a web server in front, the page is from https and the request comes without.
        return origin.Equals($"https://{host}", StringComparison.OrdinalIgnoreCase)
            || (Tls is null && origin.Equals($"http://{host}", StringComparison.OrdinalIgnoreCase));
    }
}
