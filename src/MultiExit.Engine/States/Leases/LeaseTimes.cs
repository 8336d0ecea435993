namespace MultiExit.Engine.States.Leases;

/// <summary>The times of leases, which docs/fleet.md names.</summary>
internal static class LeaseTimes
{
    /// <summary>How long the store gives an address to nobody else.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(15);

    /// <summary>So much earlier the node lets go by its own clock: for clocks that run differently, and for what is still under way.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(3);

    /// <summary>How often it is renewed.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);
}
