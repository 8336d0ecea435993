using System.Collections.Frozen;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Takeover;

/// <summary>What the process before has in memory alone and a restart would lose; bounded by the bounds of its tables.</summary>
internal sealed record TakeoverState
{
    /// <summary>The totals since the start of the first process.</summary>
    public ServerTotals Totals { get; init; } = new();

    /// <summary>The greatest number of a session.</summary>
    public long LastSession { get; init; }

    /// <summary>What users and exits have used of the month; null: it is not counted.</summary>
    public HandedUsage? Usage { get; init; }

    /// <summary>The clients that are locked out, or have failed logins.</summary>
    public IReadOnlyList<HandedFailures> Failures { get; init; } = [];

    /// <summary>The failed logins at each inbound.</summary>
    public IReadOnlyDictionary<string, long> FailuresByInbound { get; init; } = FrozenDictionary<string, long>.Empty;

    /// <summary>The failed logins with each user's name.</summary>
    public IReadOnlyDictionary<string, long> FailuresByUser { get; init; } = FrozenDictionary<string, long>.Empty;

    /// <summary>The bindings of sticky groups, by group.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<HandedBinding>> Bindings { get; init; } =
        FrozenDictionary<string, IReadOnlyList<HandedBinding>>.Empty;

    /// <summary>What operators have done to exits.</summary>
    public IReadOnlyList<HandedExit> Exits { get; init; } = [];

    /// <summary>The handshakes of tunnels, by the minute of their time: 16 octets each.</summary>
    public IReadOnlyDictionary<long, byte[]> Handshakes { get; init; } = FrozenDictionary<long, byte[]>.Empty;

    /// <summary>For how long handshakes have been remembered.</summary>
    public TimeSpan Remembered { get; init; }

    /// <summary>The salts of Shadowsocks inbounds.</summary>
    public IReadOnlyList<HandedSalts> Salts { get; init; } = [];

    /// <summary>The addresses that this host may use.</summary>
    public IReadOnlyList<HandedLease> Leases { get; init; } = [];

    /// <summary>How long the change that waits for its confirmation still may; null: none waits.</summary>
    public TimeSpan? Unconfirmed { get; init; }
}
