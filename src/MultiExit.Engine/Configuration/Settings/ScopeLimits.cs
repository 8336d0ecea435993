using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>What one client, one user or one inbound may use; null: no limit of its own.</summary>
public sealed record ScopeLimits
{
    internal static readonly IntegerRange ConnectionsRange = new("connections", 1, 1_000_000);
    internal static readonly RateRange NewRange = new("new", 1, 1_000_000);
    internal static readonly SizeRange BandwidthRange = new("bandwidth", 1024, 1L << 40, IsRate: true);
    internal static readonly IntegerRange AssociationsRange = new("udp", 1, 1_000_000);
    internal static readonly SizeRange QuotaRange = new("quota", 1, 1L << 60);

    /// <summary>Nothing is limited.</summary>
    public static ScopeLimits None { get; } = new();

    /// <summary>The most at a time (1 to 1000000): connections of a client or an inbound, sessions of a user.</summary>
    public int? Connections { get; init; }

    /// <summary>New ones a second (1 to 1000000); a burst may hold the number of one second.</summary>
    public int? NewPerSecond { get; init; }

    /// <summary>Bytes a second in each direction, of all sessions together (1 KiB to 1 TiB).</summary>
    public long? Bandwidth { get; init; }

    /// <summary>The most UDP associations at a time (1 to 1000000); a user's count as sessions too.</summary>
    public int? Associations { get; init; }

    /// <summary>Bytes in both directions a calendar month in UTC, 1 to 2^60. For users only.</summary>
    public long? Quota { get; init; }

    /// <summary>Whether these limits only say what they would refuse; null: as the limits for all say.</summary>
    public bool? Shadow { get; init; }

    /// <summary>Whether they only say what they would refuse.</summary>
    internal bool IsShadow => Shadow == true;

    /// <summary>These limits, with those of another where these have none.</summary>
    public ScopeLimits Or(ScopeLimits other) => new()
    {
        Connections = Connections ?? other.Connections,
        NewPerSecond = NewPerSecond ?? other.NewPerSecond,
        Bandwidth = Bandwidth ?? other.Bandwidth,
        Associations = Associations ?? other.Associations,
        Quota = Quota ?? other.Quota,
        Shadow = Shadow ?? other.Shadow,
    };

    /// <summary>Checks the values that have a range.</summary>
    /// <param name="check">Where problems go.</param>
    /// <param name="suffix">The end of the name of each key.</param>
    internal void Check(ValueCheck check, string suffix = "")
    {
        check.Check(ConnectionsRange, Connections, ConnectionsRange.Key + suffix);
        check.Check(NewRange, NewPerSecond, NewRange.Key + suffix);
        check.Check(BandwidthRange, Bandwidth, BandwidthRange.Key + suffix);
        check.Check(AssociationsRange, Associations, AssociationsRange.Key + suffix);
        check.Check(QuotaRange, Quota, QuotaRange.Key + suffix);
    }
}
