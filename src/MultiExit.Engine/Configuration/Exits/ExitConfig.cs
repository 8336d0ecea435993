using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>A way out.</summary>
public abstract record ExitConfig
{
    internal static readonly IntegerRange WeightRange = new("weight", MinWeight, MaxWeight);
    internal static readonly DurationRange TimeoutRange = new("timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
    internal static readonly IntegerRange RetriesRange = new("retries", 0, 100);

    /// <summary>The least <see cref="Weight"/>, which is also the default.</summary>
    public const int MinWeight = 1;

    /// <summary>The greatest <see cref="Weight"/>.</summary>
    public const int MaxWeight = 1000;

    /// <summary>The name, unique among exits and groups; <c>direct</c> and <c>block</c> are taken.</summary>
    public required string Name { get; init; }

    /// <summary>The value of <c>type</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Its share in groups with the strategy <c>weighted</c> (key <c>weight</c>, 1 to 1000, default 1).</summary>
    public int Weight { get; init; } = MinWeight;

    /// <summary>The country that it leaves from, by ISO 3166-1 in two capital letters (key <c>country</c>): clients may choose by it
    /// (<see cref="GatewayConfig.NameParameters"/>). Null: not told.</summary>
    public string? Country { get; init; }

    /// <summary>What it may carry (key <c>limits</c>: connections, bandwidth, quota, shadow); null: no limit. Of a pool of addresses, all of them
    /// together.</summary>
    public ScopeLimits? Limits { get; init; }

    /// <summary>What happens to its live sessions when its health check finds it down (key <c>on_down</c>, default keep).</summary>
    public OnDown OnDown { get; init; }

    /// <summary>How it is checked (key <c>health</c>); null: as its groups say.</summary>
    public HealthConfig? Health { get; init; }

    /// <summary>The header of the PROXY protocol that its connections begin with: whose connection it is; none where an exit has no such key.</summary>
    internal virtual SendProxy ProxyHeader => SendProxy.None;

    /// <summary>How long its dials may take; null: <c>limits.connect_timeout</c>.</summary>
    internal virtual TimeSpan? DialTimeout => null;

    /// <summary>The server that it goes through, and the exit or group that leads there (null: <c>direct</c>); null for one that goes straight out.</summary>
    internal virtual (Destination Server, string? Via)? Hop => null;

    /// <summary>TLS to its server; null where there is none.</summary>
    internal virtual TlsClientConfig? OwnTls => null;

    /// <summary>Whether the server is reached by TLS.</summary>
    internal virtual bool HasTls => false;

    /// <summary>The name that ECH hides, where it is a name that is looked up: null where there is no ECH, or addresses are given.</summary>
    internal virtual string? HiddenName => null;

    /// <summary>How it hides that name; null: it does not.</summary>
    internal virtual EchClientConfig? Hiding => null;

    /// <summary>The same exit for a user of its server; null when its server has no users.</summary>
    internal virtual ExitConfig? WithLogin(string name, Secret password) => null;

    /// <summary>The same exit with one carrier, where it has carriers.</summary>
    internal virtual ExitConfig WithOneCarrier() => this;

    /// <summary>Checks the values that have a range.</summary>
    internal virtual void Check(ValueCheck check)
    {
        check.Check(WeightRange, Weight);
        Health?.Check(check.At("health"));
        Limits?.Check(check.At("limits"));
    }
}
