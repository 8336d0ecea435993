using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Services;

/// <summary>A port that a configuration asks for.</summary>
/// <param name="What">Whose it is: <c>inbound edge</c>.</param>
/// <param name="EndPoint">The address and port; port 0: a free one.</param>
/// <param name="IsUdp">Whether it takes datagrams.</param>
internal sealed record ConfiguredListener(string What, IPEndPoint EndPoint, bool IsUdp)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConfiguredListener> Of(GatewayConfig config)
    {
        List<ConfiguredListener> listeners = [];
        foreach (InboundConfig inbound in config.Inbounds) listeners.AddRange(Of(inbound));
        if (config.Dashboard is { } dashboard) listeners.Add(new("the dashboard", dashboard.Listen, IsUdp: false));
        if (config.Metrics.Listen is { } metrics) listeners.Add(new("the metrics", metrics, IsUdp: false));
        return listeners;
    }

    /// <summary>Those of an inbound.</summary>
    public static IEnumerable<ConfiguredListener> Of(InboundConfig inbound)
    {
        if (inbound.CarriesTcp) yield return new($"inbound {inbound.Name}", inbound.Listen, IsUdp: false);
        if (TakesDatagrams(inbound)) yield return new($"inbound {inbound.Name}", inbound.Listen, IsUdp: true);
    }

    /// <summary>The form <c>inbound edge (udp 0.0.0.0:1080)</c>.</summary>
    public override string ToString() => $"{What} ({(IsUdp ? "udp" : "tcp")} {EndPoint})";

    // SOCKS5 carries datagrams on ports of their own.
    private static bool TakesDatagrams(InboundConfig inbound) => inbound.CarriesUdp
        && inbound is ShadowsocksInboundConfig or ForwardInboundConfig or TransparentInboundConfig;
}
