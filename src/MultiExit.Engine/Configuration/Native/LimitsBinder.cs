using System.Collections.Frozen;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>limits</c>.</summary>
internal static class LimitsBinder
{
    /// <summary>Reads the section.</summary>
    /// <param name="root">The document.</param>
    /// <param name="names">The names that it may refer to.</param>
    /// <param name="ofUsers">The limits that stand at users.</param>
    /// <param name="exits">The exits, which may have quotas as well.</param>
    public static LimitsConfig Read(MapReader root, NameTable names, IReadOnlyList<UserLimits> ofUsers, IReadOnlyList<ExitConfig> exits)
    {
        bool ofExits = exits.Any(exit => exit.Limits?.Quota is not null);
        LimitsConfig defaults = new();
        if (root.Map("limits", "limits") is not { } reader)
        {
            LimitsConfig bare = defaults with { Users = WithOwn(defaults.Users, ofUsers, root.Context) };
            CheckUsageFile(root, root.Place.PathOf("limits") + ".usage_file", bare, ofExits);
            return bare;
        }
        bool? shadow = reader.Flag("shadow");
        LimitsConfig limits = new()
        {
            Connections = reader.Integer(LimitsConfig.ConnectionsRange) ?? defaults.Connections,
            PerClient = ReadScope(reader, "_per_client", hasQuota: false) with { Shadow = shadow },
            PerUser = ReadScope(reader, "_per_user", hasQuota: true) with { Shadow = shadow },
            Users = WithOwn(
                ReadNamed(reader, "users", "limits of a user", hasQuota: true, (name, place) => names.CheckUser(name, place, [])), ofUsers, root.Context),
            Inbounds = ReadNamed(reader, "inbounds", "limits of an inbound", hasQuota: false, names.CheckInbound),
            Lockout = ReadLockout(reader),
            UsageFile = reader.Take("usage_file") is { } file ? reader.Context.FullPath(file) : null,
            SessionMemory = reader.Size(LimitsConfig.SessionMemoryRange) ?? defaults.SessionMemory,
            Memory = reader.Size(LimitsConfig.MemoryRange),
            HandshakeTimeout = reader.Duration(LimitsConfig.HandshakeTimeoutRange) ?? defaults.HandshakeTimeout,
            ConnectTimeout = reader.Duration(LimitsConfig.ConnectTimeoutRange) ?? defaults.ConnectTimeout,
            SniffTimeout = reader.Duration(LimitsConfig.SniffTimeoutRange) ?? defaults.SniffTimeout,
            IdleTimeout = reader.Duration(LimitsConfig.IdleTimeoutRange) ?? defaults.IdleTimeout,
            DrainTimeout = reader.Duration(LimitsConfig.DrainTimeoutRange) ?? defaults.DrainTimeout,
        };
        CheckUsageFile(reader, reader.Place.PathOf("usage_file"), limits, ofExits);
        reader.Finish();
        return limits;
    }

    /// <summary>Reads the limits of one client, user or inbound.</summary>
    public static ScopeLimits ReadScope(MapReader reader, string suffix, bool hasQuota) => new()
    {
        Connections = reader.Integer(ScopeLimits.ConnectionsRange, "connections" + suffix),
        NewPerSecond = reader.Rate(ScopeLimits.NewRange, "new" + suffix),
        Bandwidth = reader.Size(ScopeLimits.BandwidthRange, "bandwidth" + suffix),
        Associations = reader.Integer(ScopeLimits.AssociationsRange, "udp" + suffix),
        Quota = hasQuota ? reader.Size(ScopeLimits.QuotaRange, "quota" + suffix) : null,
    };

    private static FrozenDictionary<string, ScopeLimits> ReadNamed(
        MapReader limits, string key, string what, bool hasQuota, Action<string, SourcePlace> check)
    {
        Dictionary<string, ScopeLimits> named = new(StringComparer.Ordinal);
        foreach ((string name, SourcePlace place, MapReader reader) in limits.NamedMaps(key, what))
        {
            check(name, place);
            named[name] = ReadScope(reader, "", hasQuota) with { Shadow = reader.Flag("shadow") };
            reader.Finish();
        }
        return named.Count == 0 ? FrozenDictionary<string, ScopeLimits>.Empty : named.ToFrozenDictionary(StringComparer.Ordinal);
    }

    // Limits that stand at a user are the same as those in limits.users; a user with both would leave open which count.
    private static IReadOnlyDictionary<string, ScopeLimits> WithOwn(
        IReadOnlyDictionary<string, ScopeLimits> named, IReadOnlyList<UserLimits> ofUsers, ReadContext context)
    {
        if (ofUsers.Count == 0) return named;
        Dictionary<string, ScopeLimits> all = new(named, StringComparer.Ordinal);
        Dictionary<string, SourcePlace> places = new(StringComparer.Ordinal);
        foreach (UserLimits own in ofUsers)
        {
            if (named.ContainsKey(own.User))
                context.Errors.Add(own.Place, $"{own.User} has limits in `limits.users` as well; expected them in one of the two places");
            else if (!places.TryAdd(own.User, own.Place))
                context.Errors.Add(own.Place, $"{own.User} has limits in line {places[own.User].Line} as well; the user is the same, expected them once");
            all[own.User] = own.Limits;
        }
        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static LockoutConfig? ReadLockout(MapReader limits)
    {
        if (limits.Take("lockout") is not { } node) return LockoutConfig.Default;
        if (node is ScalarNode) return limits.Context.Values.Flag(node) == false ? null : LockoutConfig.Default;
        if (limits.Map("lockout", "lockout") is not { } reader) return null;
        LockoutConfig lockout = new(
            reader.Integer(LockoutConfig.FailuresRange) ?? LockoutConfig.Default.Failures,
            reader.Duration(LockoutConfig.WithinRange) ?? LockoutConfig.Default.Within,
            reader.Duration(LockoutConfig.LastsRange) ?? LockoutConfig.Default.Lasts);
        reader.Finish();
        return lockout;
    }

    // Without a file, a restart would give every user and exit a new month.
    private static void CheckUsageFile(MapReader reader, string path, LimitsConfig limits, bool ofExits)
    {
        bool quotas = ofExits || limits.PerUser.Quota is not null || limits.Users.Values.Any(user => user.Quota is not null);
        if (!quotas || limits.UsageFile is not null) return;
        reader.Context.Errors.Add(reader.Place with { Path = path },
            "missing; quotas need a file in which what was used is kept, such as /var/lib/multiexit/usage.json");
    }
}
