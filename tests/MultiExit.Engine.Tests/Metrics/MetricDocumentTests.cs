using System.Reflection;
using System.Text.RegularExpressions;
using MultiExit.Engine.Metrics;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Tests.Metrics;

/// <summary>docs/metrics.md agrees with the catalog, and so do the dashboard and the alert rules.</summary>
public sealed partial class MetricDocumentTests
{
    private static readonly string Root = typeof(MetricDocumentTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "docs", "metrics.md"));

    [Fact]
    public void Every_metric_stands_there_with_its_type_unit_and_labels() =>
        Assert.Equal(MetricCatalog.All.Select(RowOf), Row().Matches(Text).Select(row => row.Value));

    [Fact]
    public void Every_reason_of_a_refusal_stands_there() =>
        Assert.All(Enum.GetValues<RefusalReason>(), reason => Assert.Contains($"| `{reason.Word()}` |", Text, StringComparison.Ordinal));

    [Fact]
    public void Dashboard_and_rules_ask_for_metrics_that_there_are()
    {
        HashSet<string> known = [.. MetricCatalog.All.Select(metric => MetricNames.FamilyOf(metric.Name, metric.Unit))];
        string[] asked = [.. Directory.GetFiles(Path.Combine(Root, "module", "monitoring"))
            .SelectMany(file => Name().Matches(File.ReadAllText(file))).Select(name => name.Groups["family"].Value).Distinct()];
        Assert.InRange(asked.Length, 20, known.Count);
        Assert.Empty(asked.Except(known));
    }

    private static string RowOf(MetricDefinition metric)
    {
        string labels = string.Join(", ", metric.Labels.Select(label => $"`{label}`"));
        return $"| `{metric.Name}` | {metric.Type.ToString().ToLowerInvariant()} | `{metric.Unit}` | {labels} | {metric.Description} |";
    }

    [GeneratedRegex(@"^\| `multiexit\..*\|$", RegexOptions.Multiline, 5000)]
    private static partial Regex Row();

    [GeneratedRegex(@"\b(?<family>multiexit_\w+?)(_total|_bucket|_count|_sum)?\b(?=[{ \[),])", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Name();
}
