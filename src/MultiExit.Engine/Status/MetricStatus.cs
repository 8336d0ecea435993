namespace MultiExit.Engine.Status;

/// <summary>A metric of a server at a moment (docs/metrics.md).</summary>
/// <param name="Name">The name as OpenTelemetry writes it, <c>multiexit.session.duration</c>.</param>
/// <param name="Type">The kind.</param>
/// <param name="Unit">The unit by UCUM: <c>s</c>, <c>By</c>, <c>1</c> for a ratio, or a noun in braces for a number of things.</param>
/// <param name="Description">What it says, in a sentence.</param>
/// <param name="Points">Its values, one for each combination of labels that there is.</param>
public sealed record MetricStatus(string Name, MetricType Type, string Unit, string Description, IReadOnlyList<MetricPoint> Points);
