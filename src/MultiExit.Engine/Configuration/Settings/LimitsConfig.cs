using System.Collections.Frozen;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Limits and time-outs of a server.</summary>
public sealed record LimitsConfig
{
    /// <summary>The longest that a stop waits for live sessions: one day.</summary>
    public static readonly TimeSpan LongestDrain = TimeSpan.FromDays(1);

    /// <summary>The most client connections at a time (default 10000). Further ones are closed at once.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>What each client may use. A client is an IPv4 address or an IPv6 /64.</summary>
    public ScopeLimits PerClient { get; init; } = ScopeLimits.None;

    /// <summary>What each user may use, on all inbounds together.</summary>
    public ScopeLimits PerUser { get; init; } = ScopeLimits.None;

    /// <summary>What single users may use in place of <see cref="PerUser"/>.</summary>
    public IReadOnlyDictionary<string, ScopeLimits> Users { get; init; } = FrozenDictionary<string, ScopeLimits>.Empty;

    /// <summary>What single inbounds may take.</summary>
    public IReadOnlyDictionary<string, ScopeLimits> Inbounds { get; init; } = FrozenDictionary<string, ScopeLimits>.Empty;

    /// <summary>When failed logins lock a client out; null: never.</summary>
    public LockoutConfig? Lockout { get; init; }

    /// <summary>Where the use of quotas is kept over a restart; null where nobody has a quota.</summary>
    public string? UsageFile { get; init; }

    /// <summary>The most memory in bytes that the streams of one tunnel or ech-tunnel session may hold for readers that do not keep up
    /// (default 1 GiB, some 4000 streams): each counts 256 KiB from its beginning; more are refused.</summary>
    public long SessionMemory { get; init; } = 1L << 30;

    /// <summary>How long a client may take to say what it wants, TLS included (default 10 s).</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a dial may take, names included (default 10 s).</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a session without a byte in either direction is kept (default 10 min).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a stop waits for live sessions before it ends them (default 30 s).</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What a user may use.</summary>
    public ScopeLimits OfUser(string name) => Users.TryGetValue(name, out ScopeLimits? own) ? own.Or(PerUser) : PerUser;

    /// <summary>What an inbound may take.</summary>
    public ScopeLimits OfInbound(string name) => Inbounds.GetValueOrDefault(name, ScopeLimits.None);
}
