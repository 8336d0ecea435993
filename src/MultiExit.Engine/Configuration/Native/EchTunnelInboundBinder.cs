using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that only an ech-tunnel inbound has.</summary>
internal static class EchTunnelInboundBinder
{
    /// <summary>Reads them.</summary>
    public static InboundConfig Read(MapReader reader, string name, IPEndPoint listen)
    {
        EchTunnelInboundConfig config = new() { Name = name, Listen = listen, Tokens = EchTunnelBinder.ReadTokens(reader) };
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
}
