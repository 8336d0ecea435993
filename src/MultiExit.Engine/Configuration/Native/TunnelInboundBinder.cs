using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that only a tunnel inbound has.</summary>
internal static class TunnelInboundBinder
{
    /// <summary>Reads them.</summary>
    /// <returns>Null when something that the inbound needs is wrong.</returns>
    public static InboundConfig? Read(MapReader reader, string name, IPEndPoint listen)
    {
        reader.Require("tls", "`tls`: a tunnel runs inside TLS; expected { cert: FILE, key: FILE } or { self_signed: true }");
        IReadOnlyList<Secret> keys = TunnelBinder.ReadKeys(reader);
        TunnelInboundConfig config = new()
        {
            Name = name, Listen = listen, Keys = keys,
            Padding = reader.Flag("padding") ?? false,
            Delay = TunnelBinder.ReadDelay(reader),
            Fallback = ReadFallback(reader),
        };
        config = config with
        {
            Methods = ReadMethods(reader) ?? config.Methods,
            HandshakesPerClient = reader.Rate(TunnelInboundConfig.HandshakesPerClientRange) ?? config.HandshakesPerClient,
            Handshakes = reader.Rate(TunnelInboundConfig.HandshakesRange) ?? config.Handshakes,
            MaxStreams = reader.Integer(TunnelInboundConfig.MaxStreamsRange) ?? config.MaxStreams,
        };
        return keys.Count == 0 && !reader.Has("users") ? null : config;
    }

    private static List<TunnelMethodName>? ReadMethods(MapReader reader)
    {
        if (reader.Take("methods") is not { } node) return null;
        List<TunnelMethodName> methods = [];
        foreach (ConfigNode item in reader.Context.Values.Values(node, "a list of methods that is not empty"))
        {
            if (TunnelBinder.ReadMethod(reader.Context, item) is not { } method) continue;
            if (methods.Contains(method)) reader.Context.Errors.Add(item.Place, "the method stands in the list twice; expected it once");
            methods.Add(method);
        }
        return methods;
    }

    private static Destination? ReadFallback(MapReader reader)
    {
        const string Expected = "the host and port of a web server, such as \"127.0.0.1:8081\"";
        if (reader.Take("fallback") is not { } node || reader.Context.Values.Text(node, Expected) is not { } text) return null;
        if (Destination.TryParse(text, -1, out Destination? fallback) && fallback.Port > 0) return fallback;
        reader.Context.Values.Expect(node, Expected);
        return null;
    }
}
