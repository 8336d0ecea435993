using MultiExit.Engine.Metrics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The metrics, in the form that a client takes.</summary>
internal sealed class MetricResource(IServerControl server) : IControlResource
{
    public string Paths => "/metrics";

    public string? Methods(string[] path) => path is ["metrics"] ? "GET, HEAD" : null;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        IReadOnlyList<MetricStatus> metrics = await server.GetMetricsAsync().ConfigureAwait(false);
        MetricFormat format = MetricFormats.Of(request.Accept);
        return format == MetricFormat.Json ? ControlAnswer.Ok(metrics) : ControlAnswer.OfText(format.ContentType(), MetricText.Write(metrics, format));
    }
}
