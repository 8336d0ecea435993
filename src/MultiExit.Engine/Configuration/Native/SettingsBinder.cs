using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the sections that are no lists: dns, limits and logging.</summary>
internal static class SettingsBinder
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static DnsConfig ReadDns(MapReader root)
    {
        if (root.Map("dns", "dns") is not { } reader) return new();
        string? prefer = reader.Choice("prefer", "ipv6", "ipv4");
        DohConfig? doh = DohBinder.Read(reader);
        reader.Finish();
        return new() { Doh = doh, Prefer = prefer == "ipv4" ? AddressPreference.Ipv4 : AddressPreference.Ipv6 };
    }

    public static LimitsConfig ReadLimits(MapReader root)
    {
        LimitsConfig defaults = new();
        if (root.Map("limits", "limits") is not { } reader) return defaults;
        LimitsConfig limits = new()
        {
            Connections = reader.Integer("connections", 1, 1_000_000) ?? defaults.Connections,
            ConnectionsPerClient = reader.Integer("connections_per_client", 1, 1_000_000),
            HandshakeTimeout = reader.Duration("handshake_timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)) ?? defaults.HandshakeTimeout,
            ConnectTimeout = reader.Duration("connect_timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)) ?? defaults.ConnectTimeout,
            IdleTimeout = reader.Duration("idle_timeout", TimeSpan.FromMilliseconds(100), 30 * Day) ?? defaults.IdleTimeout,
            DrainTimeout = reader.Duration("drain_timeout", TimeSpan.Zero, Day) ?? defaults.DrainTimeout,
        };
        reader.NotYet("new_per_client", "limits.new_per_client");
        reader.NotYet("bandwidth_per_user", "limits.bandwidth_per_user");
        reader.Finish();
        return limits;
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
