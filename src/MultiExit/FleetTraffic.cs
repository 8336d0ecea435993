using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A row of traffic, of a node where rows are by node.</summary>
/// <param name="Node">The node; null: of the server that was asked, or of all nodes.</param>
/// <param name="Row">The row.</param>
internal readonly record struct FleetTraffic(string? Node, TrafficRow Row)
{
    /// <summary>What identifies it within a period.</summary>
    public (string? Node, string? User, string? Exit, string? Inbound) Key => (Node, Row.User, Row.Exit, Row.Inbound);

    /// <summary>Rows of one server.</summary>
    public static IEnumerable<FleetTraffic> Of(IEnumerable<TrafficRow> rows) => rows.Select(row => new FleetTraffic(null, row));

    /// <summary>What the nodes of a fleet say, added up unless rows are by node.</summary>
    public static IEnumerable<FleetTraffic> Of(IEnumerable<NodeAnswer<TrafficRow>> answers, bool byNode) => answers
        .SelectMany(answer => answer.Items.Select(row => new FleetTraffic(byNode ? answer.Node : null, row)))
        .GroupBy(each => (each.Key, each.Row.From)).Select(same => new FleetTraffic(same.Key.Key.Node, Sum([.. same.Select(each => each.Row)])));

    /// <summary>A sum of numbers that others have said, and that may be any.</summary>
    public static long Sum(IEnumerable<long> numbers) => (long)Math.Clamp(numbers.Sum(number => (decimal)number), 0, long.MaxValue / 4);

    private static TrafficRow Sum(TrafficRow[] rows) => rows[0] with
    {
        Sessions = Sum(rows.Select(row => row.Sessions)), Failed = Sum(rows.Select(row => row.Failed)),
        BytesUp = Sum(rows.Select(row => row.BytesUp)), BytesDown = Sum(rows.Select(row => row.BytesDown)),
        // Percentiles cannot be added up; what holds for each of them holds for all.
        DialP95Ms = rows.Max(row => row.DialP95Ms),
    };
}
