using System.Collections.Frozen;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Limits and time-outs of a server.</summary>
public sealed record LimitsConfig
{
    internal static readonly IntegerRange ConnectionsRange = new("connections", 1, 1_000_000);
    internal static readonly SizeRange SessionMemoryRange = new("session_memory", 1 << 20, 1L << 40);
    internal static readonly SizeRange MemoryRange = new("memory", 8 << 20, 1L << 40);
    internal static readonly DurationRange HandshakeTimeoutRange = new("handshake_timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
    internal static readonly DurationRange ConnectTimeoutRange = new("connect_timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
    internal static readonly DurationRange SniffTimeoutRange = new("sniff_timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(5));
    internal static readonly DurationRange IdleTimeoutRange = new("idle_timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(30));
    /// <summary>The longest that a stop waits for live sessions: one day.</summary>
    public static readonly TimeSpan LongestDrain = TimeSpan.FromDays(1);

    internal static readonly DurationRange DrainTimeoutRange = new("drain_timeout", TimeSpan.Zero, LongestDrain);

    /// <summary>The most client connections at a time (1 to 1000000, default 10000). Further ones are closed at once.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>What each client may use. A client is an IPv4 address or an IPv6 /64. Without a number of connections of its own it has
    /// <see cref="ConnectionShare"/>.</summary>
    public ScopeLimits PerClient { get; init; } = ScopeLimits.None;

    /// <summary>What each user may use, on all inbounds together.</summary>
    public ScopeLimits PerUser { get; init; } = ScopeLimits.None;

    /// <summary>What single users may use in place of <see cref="PerUser"/>.</summary>
    public IReadOnlyDictionary<string, ScopeLimits> Users { get; init; } = FrozenDictionary<string, ScopeLimits>.Empty;

    /// <summary>What single inbounds may take.</summary>
    public IReadOnlyDictionary<string, ScopeLimits> Inbounds { get; init; } = FrozenDictionary<string, ScopeLimits>.Empty;

    /// <summary>When failed logins lock a client out (default: 20 within 5 min for 5 min, clients on loopback spared); null: never.</summary>
    public LockoutConfig? Lockout { get; init; } = LockoutConfig.Default;

    /// <summary>Where the use of quotas is kept over a restart; null where no user has a quota.</summary>
    public string? UsageFile { get; init; }

    /// <summary>The most memory in bytes that the streams of one tunnel or ech-tunnel session may hold for readers that do not keep up
    /// (1 MiB to 1 TiB, default 1 GiB, some 4000 streams): each counts 256 KiB from its beginning; more are refused.</summary>
    public long SessionMemory { get; init; } = 1L << 30;

    /// <summary>The most memory in bytes that all carriers together may hold for readers that do not keep up (8 MiB to 1 TiB); null: a quarter of what
    /// the runtime may use.</summary>
    public long? Memory { get; init; }

    /// <summary>How long a client may take for its request, TLS included (10 ms to 1 h, default 10 s).</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a dial may take, names included (10 ms to 1 h, default 10 s).</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a rule with <c>sniffed</c> waits for a client's first bytes (10 ms to 5 s, default 100 ms).</summary>
    public TimeSpan SniffTimeout { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a session without a byte in either direction is kept (100 ms to 30 days, default 10 min).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a stop waits for live sessions before it ends them (0 s to 1 day, default 30 s).</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The default for the connections of one client: a quarter of <see cref="Connections"/>, so that one address cannot take all. Clients
    /// on loopback have no such share: one address stands for all programs of this host, and for the clients of a front.</summary>
    internal int ConnectionShare => Math.Max(1, Connections / 4);

    /// <summary>What a user may use.</summary>
    public ScopeLimits OfUser(string name) => Users.TryGetValue(name, out ScopeLimits? own) ? own.Or(PerUser) : PerUser;

    /// <summary>What an inbound may take.</summary>
    public ScopeLimits OfInbound(string name) => Inbounds.GetValueOrDefault(name, ScopeLimits.None);

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check)
    {
        check.Check(ConnectionsRange, Connections);
        PerClient.Check(check, "_per_client");
        PerUser.Check(check, "_per_user");
        foreach ((string name, ScopeLimits limits) in Users) limits.Check(check.At("users").At(name));
        foreach ((string name, ScopeLimits limits) in Inbounds) limits.Check(check.At("inbounds").At(name));
        Lockout?.Check(check.At("lockout"));
        check.Check(SessionMemoryRange, SessionMemory);
        check.Check(MemoryRange, Memory);
        check.Check(HandshakeTimeoutRange, HandshakeTimeout);
        check.Check(ConnectTimeoutRange, ConnectTimeout);
        check.Check(SniffTimeoutRange, SniffTimeout);
        check.Check(IdleTimeoutRange, IdleTimeout);
        check.Check(DrainTimeoutRange, DrainTimeout);
    }
}
