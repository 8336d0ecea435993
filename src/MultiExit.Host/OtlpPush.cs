using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Metrics;

namespace MultiExit.Host;

/// <summary>Pushes the metrics of the server of this process by OTLP, where its configuration or the environment says so.</summary>
/// <remarks>The libraries of OpenTelemetry are loaded with the first push. A collector that does not answer holds up a thread of theirs and
/// nothing else.</remarks>
/// <param name="environment">A variable of the environment; null: it is not set.</param>
internal sealed class OtlpPush(Func<string, string?> environment) : IMetricPush, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private Task _changes = Task.CompletedTask;
    private OtlpSettings? _settings;
    private OtlpPipeline? _pipeline;
    private volatile bool _ended;

    public void Use(OtlpConfig? settings, Action<string?> report)
    {
        // One after the other, and never on the thread of a reload: the end of a push sends what is left.
        lock (_lock)
        {
            _changes = _changes.ContinueWith(
                _ => Change(settings, Report), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        void Report(string? problem)
        {
            if (!_ended) report(problem);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ended = true;
        Task changes;
        lock (_lock) changes = _changes;
        await changes.ConfigureAwait(false);
        _pipeline?.Dispose();
    }

    private void Change(OtlpConfig? config, Action<string?> report)
    {
        try
        {
            OtlpSettings? settings = OtlpSettings.Of(config, environment);
            if (settings == _settings) return;
            _pipeline?.Dispose();
            (_pipeline, _settings) = (null, null);
            if (settings is not null) _pipeline = new OtlpPipeline(settings, environment, report);
            _settings = settings;
            if (settings is null) report(null);
        }
        catch (Exception exception)
        {
            report(exception.Message);
        }
    }
}
