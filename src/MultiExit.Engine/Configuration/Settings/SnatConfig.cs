using System.Net;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Policy routing and source NAT for direct exits. The server marks connections and sends
/// none through an exit before the system is set up for it; <c>multiexit snat apply</c> sets it up. Linux only.</summary>
public sealed record SnatConfig
{
    // Leaves room for the numbers of the exits after the first.
    private const int MaxBase = 2_147_480_000;

    internal static readonly IntegerRange MarkBaseRange = new("mark_base", 1, MaxBase);
    internal static readonly IntegerRange TableBaseRange = new("table_base", 1, MaxBase);

    /// <summary>Whether direct exits with an address or a gateway get a mark and a routing table of their own.</summary>
    public bool Enabled { get; init; }

    /// <summary>The firewall program that makes the source NAT.</summary>
    public SnatBackend Backend { get; init; }

    /// <summary>The gateway of exits that have none of their own; null: the destinations are reached on the link itself.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The interface of exits that have none of their own.</summary>
    public string? Interface { get; init; }

    /// <summary>The mark of the first exit, the others follow; 1 to 2147480000.</summary>
    public int MarkBase { get; init; } = 1;

    /// <summary>The routing table of the first exit, the others follow; 1 to 2147480000, never 253 to 255.</summary>
    public int TableBase { get; init; } = 100;

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check)
    {
        check.Check(MarkBaseRange, MarkBase);
        check.Check(TableBaseRange, TableBase);
    }
}
