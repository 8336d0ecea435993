using System.Collections.Frozen;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>limits</c>.</summary>
internal static class LimitsBinder
{
    private const int MaxCount = 1_000_000;
    private const long MinBandwidth = 1024;
    private const long MaxBandwidth = 1L << 40;
    private const long MaxQuota = 1L << 60;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static LimitsConfig Read(MapReader root, NameTable names)
    {
        LimitsConfig defaults = new();
        if (root.Map("limits", "limits") is not { } reader) return defaults;
        LimitsConfig limits = new()
        {
            Connections = reader.Integer("connections", 1, MaxCount) ?? defaults.Connections,
            PerClient = ReadScope(reader, "_per_client", hasQuota: false),
            PerUser = ReadScope(reader, "_per_user", hasQuota: true),
            Users = ReadNamed(reader, "users", "limits of a user", hasQuota: true, (name, place) => names.CheckUser(name, place, [])),
            Inbounds = ReadNamed(reader, "inbounds", "limits of an inbound", hasQuota: false, names.CheckInbound),
            Lockout = ReadLockout(reader),
            UsageFile = reader.Take("usage_file") is { } file ? reader.Context.FullPath(file) : null,
            SessionMemory = reader.LongSize("session_memory", 1 << 20, 1L << 40) ?? defaults.SessionMemory,
            HandshakeTimeout = reader.Duration("handshake_timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)) ?? defaults.HandshakeTimeout,
            ConnectTimeout = reader.Duration("connect_timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)) ?? defaults.ConnectTimeout,
            IdleTimeout = reader.Duration("idle_timeout", TimeSpan.FromMilliseconds(100), 30 * Day) ?? defaults.IdleTimeout,
            DrainTimeout = reader.Duration("drain_timeout", TimeSpan.Zero, Day) ?? defaults.DrainTimeout,
        };
        CheckUsageFile(reader, limits);
        reader.Finish();
        return limits;
    }

    private static ScopeLimits ReadScope(MapReader reader, string suffix, bool hasQuota) => new()
    {
        Connections = reader.Integer("connections" + suffix, 1, MaxCount),
        NewPerSecond = reader.Rate("new" + suffix, 1, MaxCount),
        Bandwidth = reader.Bandwidth("bandwidth" + suffix, MinBandwidth, MaxBandwidth),
        Associations = reader.Integer("udp" + suffix, 1, MaxCount),
        Quota = hasQuota ? reader.LongSize("quota" + suffix, 1, MaxQuota) : null,
    };

    private static FrozenDictionary<string, ScopeLimits> ReadNamed(
        MapReader limits, string key, string what, bool hasQuota, Action<string, SourcePlace> check)
    {
        Dictionary<string, ScopeLimits> named = new(StringComparer.Ordinal);
        foreach ((string name, SourcePlace place, MapReader reader) in limits.NamedMaps(key, what))
        {
            check(name, place);
            named[name] = ReadScope(reader, "", hasQuota);
            reader.Finish();
        }
        return named.Count == 0 ? FrozenDictionary<string, ScopeLimits>.Empty : named.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static LockoutConfig? ReadLockout(MapReader limits)
    {
        if (limits.Map("lockout", "lockout") is not { } reader) return null;
        LockoutConfig lockout = new(
            reader.Integer("failures", 1, 10_000) ?? 10,
            reader.Duration("within", TimeSpan.FromSeconds(1), Day) ?? TimeSpan.FromMinutes(5),
            reader.Duration("lasts", TimeSpan.FromSeconds(1), 30 * Day) ?? TimeSpan.FromMinutes(15));
        reader.Finish();
        return lockout;
    }

    // Without a file a restart would give everybody a new month.
    private static void CheckUsageFile(MapReader reader, LimitsConfig limits)
    {
        bool quotas = limits.PerUser.Quota is not null || limits.Users.Values.Any(user => user.Quota is not null);
        if (!quotas || limits.UsageFile is not null) return;
        reader.Context.Errors.Add(reader.Place with { Path = reader.Place.PathOf("usage_file") },
            "missing; quotas need a file in which what was used is kept, such as /var/lib/multiexit/usage.json");
    }
}
