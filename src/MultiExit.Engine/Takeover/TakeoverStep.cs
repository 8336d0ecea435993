namespace MultiExit.Engine.Takeover;

/// <summary>What a message says, in the order of a take-over.</summary>
internal enum TakeoverStep
{
    /// <summary>The old process: these descriptors follow.</summary>
    Offer,
    /// <summary>The new process: all is built and bound, and nothing is accepted yet.</summary>
    Ready,
    /// <summary>The old process: nothing is accepted any more, and this is the state.</summary>
    State,
    /// <summary>The new process: it goes on from that state.</summary>
    Open,
    /// <summary>The old process: it lets go. From here on the new one accepts, and nothing takes it back.</summary>
    Taken,
    /// <summary>The old process: it drains, and is reached at these sockets.</summary>
    Draining,
    /// <summary>The old process: its totals.</summary>
    Totals,
    /// <summary>The old process: a session has ended.</summary>
    Ended,
    /// <summary>The new process: the addresses that this host may use now.</summary>
    Leases,
    /// <summary>Either: no take-over, for this reason.</summary>
    Refused,
}
