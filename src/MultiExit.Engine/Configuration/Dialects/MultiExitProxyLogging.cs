using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>The section <c>logging</c> of the multiexit-proxy dialects; its levels have more names than the native ones.</summary>
internal static class MultiExitProxyLogging
{
    public static ConfigNode? ToNative(MapReader root)
    {
        if (root.Map("logging", "logging") is not { } reader) return null;
        string? level = reader.Choice("level", "trace", "debug", "info", "warn", "warning", "error", "fatal", "panic") switch
        {
            "trace" => "debug",
            "warn" => "warning",
            "fatal" or "panic" => "error",
            string same => same,
            null => null,
        };
        NodeBuilder native = new(reader.Place);
        if (level is not null) native.Add("level", NodeBuilder.Text(reader.Take("level")!.Place, level));
        native.Add("file", reader.Take("file"));
        reader.Finish();
        return native.Build();
    }
}
