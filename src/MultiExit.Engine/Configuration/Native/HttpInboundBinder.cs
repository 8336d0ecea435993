using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that http and mixed inbounds have.</summary>
internal static class HttpInboundBinder
{
    /// <summary>Reads an http inbound.</summary>
    public static InboundConfig Read(MapReader reader, string name, IPEndPoint listen) =>
        new HttpInboundConfig { Name = name, Listen = listen, Users = UserBinder.Read(reader, forHttp: true), Http = ReadOptions(reader) };

    /// <summary>Reads the limits on message heads.</summary>
    public static HttpOptions ReadOptions(MapReader reader)
    {
        HttpOptions defaults = new();
        HttpOptions options = new()
        {
            MaxLine = reader.Size("max_line", 256, 1 << 20) ?? defaults.MaxLine,
            MaxHead = reader.Size("max_head", 1024, 16 << 20) ?? defaults.MaxHead,
            MaxFields = reader.Integer("max_fields", 8, 10_000) ?? defaults.MaxFields,
            HeadTimeout = reader.Duration("head_timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)) ?? defaults.HeadTimeout,
            SessionHeader = ReadSessionHeader(reader),
        };
        if (options.MaxLine > options.MaxHead && (reader.Take("max_line") ?? reader.Take("max_head")) is { } node)
        {
            reader.Context.Errors.Add(node.Place,
                $"max_line ({SizeText.Format(options.MaxLine)}) is more than max_head ({SizeText.Format(options.MaxHead)}); expected at most that");
        }
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
