using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>How a carrier behaves, on either side.</summary>
internal sealed record TunnelSessionOptions
{
    /// <summary>How long the carrier may be silent before a PING asks (default 15 s).</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after a PING the carrier may stay silent before it counts as dead (default 10 s).</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most live streams that the peer may open (default 4096).</summary>
    public int MaxStreams { get; init; } = 4096;

    /// <summary>What all windows together may grow to beyond their first size (default 64 MiB).</summary>
    public long WindowBudget { get; init; } = 64 << 20;

    /// <summary>The memory of all carriers of the server; null: it is not shared.</summary>
    public ServerMemory? Server { get; init; }

    /// <summary>These options, held to an amount of memory: streams of stalled readers can hold their first windows and the growth of the
    /// windows, and the two together fit.</summary>
    /// <param name="memory">The most bytes that the streams of the carrier may hold.</param>
    public TunnelSessionOptions Within(long memory)
    {
        long growth = Math.Min(WindowBudget, memory / 4);
        long streams = Math.Max(1, (memory - growth) / TunnelWire.InitialWindow);
        return this with { WindowBudget = growth, MaxStreams = (int)Math.Min(MaxStreams, streams) };
    }

    /// <summary>The longest random pause before bytes are written; zero for none. Hides the rhythm of the traffic and costs half of it
    /// as latency on average.</summary>
    public TimeSpan MaxDelay { get; init; }
}
