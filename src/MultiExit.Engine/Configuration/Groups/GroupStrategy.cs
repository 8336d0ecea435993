namespace MultiExit.Engine.Configuration.Groups;

/// <summary>How a group chooses a member.</summary>
public enum GroupStrategy
{
    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>By the destination's port (key <c>port_ranges</c>).</summary>
    PortBased,

    /// <summary>By a hash of the destination's host, stable when members come and go.</summary>
    DestinationBased,

    /// <summary>Any, each as likely as the other.</summary>
    Random,

    /// <summary>In turn, each as often as its weight says (key <c>weight</c> of the exits).</summary>
    Weighted,

    /// <summary>The one with the fewest live sessions.</summary>
    LeastConnections,

    /// <summary>The one whose dials take the shortest time.</summary>
    LowestLatency,

    /// <summary>The first that works.</summary>
    Failover,

    /// <summary>The same one for the same client or user.</summary>
    Sticky,

    /// <summary>The one with the fewest failed dials and the shortest time.</summary>
    Quality,
}
