using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the sections that are not lists: dns and logging.</summary>
internal static class SettingsBinder
{
    public static DnsConfig ReadDns(MapReader root)
    {
        if (root.Map("dns", "dns") is not { } reader) return new();
        string? prefer = reader.Choice("prefer", "ipv6", "ipv4");
        DohConfig? doh = DohBinder.Read(reader);
        reader.Finish();
        return new() { Doh = doh, Prefer = prefer == "ipv4" ? AddressPreference.Ipv4 : AddressPreference.Ipv6 };
    }

    public static LoggingConfig ReadLogging(MapReader root)
    {
        if (root.Map("logging", "logging") is not { } reader) return new();
        string? level = reader.Choice("level", "debug", "info", "warning", "error");
        LoggingConfig logging = new()
        {
            Level = level switch
            {
                "debug" => LogLevel.Debug,
                "warning" => LogLevel.Warning,
                "error" => LogLevel.Error,
                _ => LogLevel.Info,
            },
            File = reader.Take("file") is { } file ? reader.Context.FullPath(file) : null,
            Access = ReadAccess(reader),
        };
        reader.Finish();
        if (logging.File is not null && string.Equals(logging.File, logging.Access?.File, StringComparison.Ordinal))
            reader.Context.Errors.Add(reader.Take("access")!.Place, "the same file as `file`; expected another");
        return logging;
    }

    // A file alone, or a mapping with more.
    private static AccessLogConfig? ReadAccess(MapReader logging)
    {
        if (logging.Take("access") is not { } node) return null;
        if (node is not MapNode map) return logging.Context.FullPath(node) is { } path ? new AccessLogConfig(path) : null;
        MapReader reader = new(map, logging.Context, "access");
        string? file = reader.Require("file", "the file, such as /var/log/multiexit/access.log") is { } value ? reader.Context.FullPath(value) : null;
        AccessFormat format = reader.Choice("format", "text", "json") == "json" ? AccessFormat.Json : AccessFormat.Text;
        double sample = reader.Share(AccessLogConfig.SampleRange) ?? AccessLogConfig.DefaultSample;
        reader.Finish();
        return file is null ? null : new AccessLogConfig(file) { Format = format, Sample = sample };
    }
}
