using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Exits.Direct;

namespace MultiExit.Engine.Server;

/// <summary>Names that ECH hides in TLS while the system's resolver asks for them in the clear.</summary>
internal static class NamesInTheClear
{
    /// <summary>Finds them. Where the server is reached through a proxy, that proxy looks the name up.</summary>
    public static IEnumerable<(string Exit, string Name)> Find(GatewayConfig config)
    {
        if (config.Dns.Doh is not null) yield break;
        foreach (ExitConfig exit in config.Exits)
        {
            // Only the server's own name is looked up: an address beside another name is not.
            if (exit.Hop is not { } hop || !string.Equals(exit.HiddenName, hop.Server.Host, StringComparison.OrdinalIgnoreCase)) continue;
            if (IsDirect(config, hop.Via)) yield return (exit.Name, hop.Server.Host);
        }
    }

    /// <summary>Finds the exits whose ECH config comes over plain HTTP, from another host than this one.</summary>
    public static IEnumerable<(string Exit, Uri Resolver)> FindResolvers(GatewayConfig config) =>
        from exit in config.Exits
        where exit.Hiding is { Configs: null, Doh: { } doh } && DohUrl.IsPlain(doh.Url) && !doh.Url.IsLoopback
        select (exit.Name, exit.Hiding!.Doh!.Url);

    private static bool IsDirect(GatewayConfig config, string? via) =>
        via is null or DirectExit.ExitName || config.Exits.Any(exit => exit is DirectExitConfig && exit.Name == via)
        || config.Groups.Any(group => group.Pool is not null && group.Name == via);
}
