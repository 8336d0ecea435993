using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that only an ech-tunnel inbound has.</summary>
internal static class EchTunnelInboundBinder
{
    /// <summary>Reads them.</summary>
    public static InboundConfig Read(MapReader reader, string name, IPEndPoint listen)
    {
        EchTunnelInboundConfig config = new() { Name = name, Listen = listen, Tokens = EchTunnelBinder.ReadTokens(reader), Allow = ReadAllow(reader) };
        return config with
        {
            Origins = OriginBinder.Read(reader),
            Path = ReadPath(reader) ?? config.Path,
            MaxStreams = reader.Integer(EchTunnelInboundConfig.MaxStreamsRange) ?? config.MaxStreams,
        };
    }

    private static string? ReadPath(MapReader reader)
    {
        if (reader.Text("path", "a path such as /tunnel") is not { } path) return null;
        string? problem = EchTunnelBinder.PathProblem(path) ?? (path.Contains('?', StringComparison.Ordinal) ? "expected a path without a query" : null);
        if (problem is null) return path;
        reader.Context.Errors.Add(reader.Take("path")!.Place, problem);
        return null;
    }

    private static List<IPNetwork> ReadAllow(MapReader reader)
    {
        List<IPNetwork> networks = [];
        if (reader.Take("allow") is not { } node) return networks;
        foreach (ConfigNode item in reader.Context.Values.Values(node, "a list of networks that is not empty"))
        {
            if (reader.Context.Values.Text(item, NetworkText.Expected) is not { } text) continue;
            if (NetworkText.Parse(text, out IPNetwork network) is { } problem) reader.Context.Errors.Add(item.Place, $"{ErrorText.Quote(text)} {problem}");
            else networks.Add(network);
        }
        return networks;
    }
}
