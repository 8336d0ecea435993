using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Exits.Direct;

namespace MultiExit.Engine.Server;

/// <summary>Names that ECH hides in TLS while the system's resolver asks for them in the clear.</summary>
internal static class NamesInTheClear
{
    /// <summary>Finds them. Where the server is reached through a proxy, that one looks the name up.</summary>
    public static IEnumerable<(string Exit, string Name)> Find(GatewayConfig config)
    {
        if (config.Dns.Doh is not null) yield break;
        foreach (ExitConfig exit in config.Exits)
        {
            (EchClientConfig? ech, string host, string? sent, string? via) = exit switch
            {
                TunnelExitConfig tunnel => (tunnel.Ech, tunnel.Server.Host, tunnel.ServerNames.Count > 0 ? tunnel.ServerNames[0] : null, tunnel.Via),
                EchTunnelExitConfig { Addresses: [] } carriers => (carriers.Tls?.Ech, carriers.Server.Host, carriers.Tls?.ServerName, carriers.Via),
                ProxyExitConfig proxy => (proxy.Tls?.Ech, proxy.Server.Host, proxy.Tls?.ServerName, proxy.Via),
                _ => (null, "", null, null),
            };
            // An address cannot be hidden: beside one there is always another name, which nobody asks for.
            if (ech is null || sent is not null && !string.Equals(sent, host, StringComparison.OrdinalIgnoreCase)) continue;
            if (IsDirect(config, via)) yield return (exit.Name, host);
        }
    }

    private static bool IsDirect(GatewayConfig config, string? via) =>
        via is null or DirectExit.ExitName || config.Exits.Any(exit => exit is DirectExitConfig && exit.Name == via);
}
