using MultiExit.Engine.Metrics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The metrics, in the form that a client takes.</summary>
internal sealed class MetricResource(IServerControl server) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<IReadOnlyList<MetricStatus>>("/metrics", "What the server measures: OpenMetrics text, or what Accept asks for.") with
            { ContentType = "application/openmetrics-text" },
    ];

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        IReadOnlyList<MetricStatus> metrics = await server.GetMetricsAsync().ConfigureAwait(false);
        MetricFormat format = MetricFormats.Of(request.Accept);
        return format == MetricFormat.Json ? ControlAnswer.Ok(metrics) : ControlAnswer.OfText(format.ContentType(), MetricText.Write(metrics, format));
    }
}
