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
    public static InboundConfig? Read(MapReader reader, string name, IPEndPoint listen) =>
        ReadTarget(reader) is { } target ? new ForwardInboundConfig { Name = name, Listen = listen, Target = target } : null;

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
