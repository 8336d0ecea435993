using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Server;

/// <summary>The pre-shared keys of a configuration that an observer of a handshake can plausibly guess.</summary>
internal static class WeakKeys
{
    /// <summary>Finds them.</summary>
    /// <returns>Where they stand, as text; never the keys themselves.</returns>
    public static IEnumerable<string> Find(GatewayConfig config)
    {
        foreach (TunnelInboundConfig inbound in config.Inbounds.OfType<TunnelInboundConfig>())
            for (int i = 0; i < inbound.Keys.Count; i++)
                if (IsWeak(inbound.Keys[i])) yield return $"inbound {inbound.Name}: key {i + 1}";
        foreach (TunnelExitConfig exit in config.Exits.OfType<TunnelExitConfig>())
            if (IsWeak(exit.Key)) yield return $"exit {exit.Name}: the key";
    }

    private static bool IsWeak(Secret key) => KeyStrength.Of(key.Reveal()) < KeyStrength.Enough;
}
