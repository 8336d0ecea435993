using System.Diagnostics.Metrics;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Metrics;

/// <summary>The metrics of one server: a meter that anything in the process can listen to, and a listener of its own that adds them up. Thread-safe.</summary>
/// <remarks>Nothing of it is on the way of a byte: a session is measured at its end and a dial at its end, and the rest is read from the counters of
/// the server when somebody asks.</remarks>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "MultiExit";

    private readonly Meter _meter;
    private readonly MeterListener _listener = new();
    private readonly Action<Exception> _failed;
    private readonly Dictionary<string, InstrumentValues> _values = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Counter<long> _sessionsEnded;
    private readonly Histogram<double> _sessionDuration;
    private readonly Histogram<double> _dialDuration;
    private readonly Histogram<double> _askDuration;

    /// <param name="server">The name of the server.</param>
    /// <param name="version">Its version.</param>
    /// <param name="failed">Called with what a reading threw; the others are read all the same.</param>
    public ServerMetrics(string server, string version, Action<Exception> failed)
    {
        _failed = failed;
        _meter = new Meter(new MeterOptions(MeterName) { Version = version, Tags = [new("multiexit.server", server)] });
        _listener.InstrumentPublished = Listen;
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((InstrumentValues)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((InstrumentValues)state!).Add(value, tags));
        _listener.Start();
        MetricDefinition ended = MetricCatalog.SessionsEnded;
        _sessionsEnded = _meter.CreateCounter<long>(ended.Name, ended.Unit, ended.Description);
        _sessionDuration = CreateHistogram(MetricCatalog.SessionDuration);
        _dialDuration = CreateHistogram(MetricCatalog.DialDuration);
        _askDuration = CreateHistogram(MetricCatalog.AskDuration);
    }

    /// <summary>A session has ended.</summary>
    public void SessionEnded(string inbound, string? exit, SessionOutcome outcome, TimeSpan duration)
    {
        string word = outcome.Word();
        if (exit is null) _sessionsEnded.Add(1, new KeyValuePair<string, object?>("outcome", word));
        else _sessionsEnded.Add(1, new("exit", exit), new("outcome", word));
        _sessionDuration.Record(duration.TotalSeconds, new("inbound", inbound), new("outcome", word));
    }

    /// <summary>A dial has ended.</summary>
    public void Dialed(string exit, SessionOutcome outcome, TimeSpan took) =>
        _dialDuration.Record(took.TotalSeconds, new("exit", exit), new("outcome", outcome.Word()));

    /// <summary>A back-end has answered a login, or not.</summary>
    public void BackEndAsked(string backEnd, BackEndVerdict verdict, TimeSpan took) =>
        _askDuration.Record(took.TotalSeconds, new("backend", backEnd), new("outcome", verdict switch
        {
            BackEndVerdict.Allowed => "allowed",
            BackEndVerdict.Denied => "denied",
            BackEndVerdict.Unusable => "unusable",
            _ => "outage",
        }));

    /// <summary>Reads a metric whenever somebody asks.</summary>
    /// <param name="definition">The metric: a counter or a gauge.</param>
    /// <param name="read">Its values, with those of the labels in their order; null for a label that has none here.</param>
    public void Observe(MetricDefinition definition, Func<IEnumerable<(double Value, string?[] Labels)>> read)
    {
        IEnumerable<Measurement<double>> Measure()
        {
            try
            {
                return [.. read().Select(found => new Measurement<double>(found.Value, TagsOf(definition, found.Labels)))];
            }
            catch (Exception exception)
            {
                _failed(exception);
                return [];
            }
        }

        if (definition.Type == MetricType.Counter) _meter.CreateObservableCounter(definition.Name, Measure, definition.Unit, definition.Description);
        else _meter.CreateObservableGauge(definition.Name, Measure, definition.Unit, definition.Description);
    }

    /// <summary>Reads a metric without labels whenever somebody asks; null: it has no value now.</summary>
    public void Observe(MetricDefinition definition, Func<double?> read) => Observe(definition, () => read() is { } value ? [(value, [])] : []);

    /// <summary>All metrics as of now, in the order of the catalog; those without a value are left out.</summary>
    public IReadOnlyList<MetricStatus> Collect()
    {
        // One at a time: the values of a collection are taken up anew.
        lock (_lock)
        {
            foreach (InstrumentValues values in _values.Values) values.Begin();
            _listener.RecordObservableInstruments();
            return [.. MetricCatalog.All.Where(definition => _values.ContainsKey(definition.Name)).Select(definition => _values[definition.Name].ToStatus())
                .Where(status => status.Points.Count > 0)];
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private static KeyValuePair<string, object?>[] TagsOf(MetricDefinition definition, string?[] labels) =>
        [.. definition.Labels.Zip(labels).Where(pair => !string.IsNullOrEmpty(pair.Second))
            .Select(pair => new KeyValuePair<string, object?>(pair.First, pair.Second))];

    private Histogram<double> CreateHistogram(MetricDefinition definition) => _meter.CreateHistogram<double>(
        definition.Name, definition.Unit, definition.Description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = definition.Bounds });

    // Instruments of other meters, those of other servers of this process among them, are not ours.
    private void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter != _meter || MetricCatalog.All.FirstOrDefault(definition => definition.Name == instrument.Name) is not { } definition) return;
        InstrumentValues values = new(definition, instrument.IsObservable);
        lock (_lock) _values[definition.Name] = values;
        listener.EnableMeasurementEvents(instrument, values);
    }
}
