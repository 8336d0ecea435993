using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that only a forward inbound has.</summary>
internal static class ForwardInboundBinder
{
    /// <summary>Reads them.</summary>
    /// <returns>Null when there is no target.</returns>
    public static InboundConfig? Read(MapReader reader, string name, IPEndPoint listen)
    {
        Destination? target = ReadTarget(reader);
        ForwardInboundConfig config = new() { Name = name, Listen = listen, Target = target! };
        ForwardNetwork network = Networks.GetValueOrDefault(reader.Choice("network", [.. Networks.Keys]) ?? "tcp");
        config = config with
        {
            Network = network,
            UdpIdleTimeout = reader.Duration(Socks5Options.UdpIdleTimeoutRange) ?? config.UdpIdleTimeout,
            UdpPerUser = reader.Integer(Socks5Options.UdpPerUserRange) ?? config.UdpPerUser,
            UdpTotal = reader.Integer(Socks5Options.UdpTotalRange) ?? config.UdpTotal,
        };
        if (network != ForwardNetwork.Tcp && reader.Take("tls") is { } tls)
            reader.Context.Errors.Add(tls.Place, "`tls` is for connections; expected `network: tcp`, or an inbound for each");
        return target is null ? null : config;
    }

    /// <summary>Which ports it listens on, before it is read.</summary>
    public static ForwardNetwork NetworkOf(MapReader reader) =>
        reader.Take("network") is ScalarNode { Text: var text } ? Networks.GetValueOrDefault(text) : ForwardNetwork.Tcp;

    private static readonly Dictionary<string, ForwardNetwork> Networks = new(StringComparer.Ordinal)
    {
        ["tcp"] = ForwardNetwork.Tcp,
        ["udp"] = ForwardNetwork.Udp,
        ["both"] = ForwardNetwork.Both,
    };

    private static Destination? ReadTarget(MapReader reader)
    {
        const string Expected = "a host and a port such as \"example.com:80\"";
        ConfigNode? node = reader.Require("target", Expected);
        if (node is ListNode)
        {
            reader.Context.Errors.AddNotYet(node.Place, "several targets; write one inbound for each");
            return null;
        }
        string? text = node is null ? null : reader.Context.Values.Text(node, Expected);
        if (text is null) return null;
        if (Destination.TryParse(text, -1, out Destination? target) && target.Port > 0) return target;
        reader.Context.Errors.Add(node!.Place, $"expected {Expected}, found \"{ShownUrl.Of(text)}\"");
        return null;
    }
}
