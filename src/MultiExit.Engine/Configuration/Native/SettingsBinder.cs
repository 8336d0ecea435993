using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the sections that are no lists: dns and logging.</summary>
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
            Access = reader.Take("access") is { } access ? reader.Context.FullPath(access) : null,
        };
        reader.Finish();
        if (logging.File is not null && string.Equals(logging.File, logging.Access, StringComparison.Ordinal))
            reader.Context.Errors.Add(reader.Take("access")!.Place, "the same file as `file`; expected another");
        return logging;
    }
}
