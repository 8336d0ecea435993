using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that http and mixed inbounds have.</summary>
internal static class HttpInboundBinder
{
    /// <summary>Reads an http inbound.</summary>
    public static InboundConfig Read(MapReader reader, string name, IPEndPoint listen) =>
        new HttpInboundConfig { Name = name, Listen = listen, Http = ReadOptions(reader) };

    /// <summary>Reads the limits on message heads.</summary>
    public static HttpOptions ReadOptions(MapReader reader)
    {
        HttpOptions defaults = new();
        HttpOptions options = new()
        {
            MaxLine = reader.IntSize(HttpOptions.MaxLineRange) ?? defaults.MaxLine,
            MaxHead = reader.IntSize(HttpOptions.MaxHeadRange) ?? defaults.MaxHead,
            MaxFields = reader.Integer(HttpOptions.MaxFieldsRange) ?? defaults.MaxFields,
            HeadTimeout = reader.Duration(HttpOptions.HeadTimeoutRange) ?? defaults.HeadTimeout,
            SessionHeader = ReadSessionHeader(reader),
        };
        if (options.Contradiction is { } problem && (reader.Take("max_line") ?? reader.Take("max_head")) is { } node)
            reader.Context.Errors.Add(node.Place, problem);
        return options;
    }

    // Fields that the proxy itself reads or writes cannot be given away.
    private static string? ReadSessionHeader(MapReader reader)
    {
        const string Expected = "the name of a request field, such as X-Session";
        if (reader.Text("session_header", Expected) is not { } name) return null;
        if (HttpSessionHeader.IsUsable(name)) return name;
        reader.Context.Errors.Add(reader.Take("session_header")!.Place, $"{ErrorText.Quote(name)} cannot be used; expected {Expected}");
        return null;
    }
}
