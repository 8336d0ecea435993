using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records.Traffic;

/// <summary>Keeps the history in rows of five minutes. One thread writes; what ends a session only adds to a sum. Thread-safe.</summary>
internal sealed class TrafficStore : ITrafficSink, IDisposable
{
    // Live sessions are asked what they have moved at whole multiples of it, so also at each boundary of five minutes; what a crash loses.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    // How long an answer waits for what is not written yet.
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(3);

    // How long the end waits for a disk that does not answer.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    private readonly TrafficLedger _ledger;
    private readonly TrafficFiles _files;
    private readonly RecordReports _reports;
    private readonly TimeProvider _time;
    private readonly Action<ITrafficSink> _sample;
    private readonly Lock _sampling = new();
    private readonly Lock _waiting = new();
    private readonly object _gate = new();
    private readonly ITimer _timer;
    private readonly Thread _writer;
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _sampled;
    private bool _isDue = true; // under the gate
    private volatile bool _closing;

    /// <summary>Opens the history. What is wrong with its file is reported and tried again.</summary>
    /// <param name="config">Where and how long.</param>
    /// <param name="reports">Tells the operator.</param>
    /// <param name="time">The clock.</param>
    /// <param name="sample">Lets all live sessions say what they have done since the last time.</param>
    /// <param name="ledger">Holds what waits.</param>
    public TrafficStore(
        RecordsConfig config, RecordReports reports, TimeProvider time, Action<ITrafficSink> sample, TrafficLedger? ledger = null)
    {
        _ledger = ledger ?? new TrafficLedger();
        _files = new TrafficFiles(config, reports, time);
        _reports = reports;
        _time = time;
        _sample = sample;
        // What moved while there was no history belongs to no interval of it.
        sample(new Discard());
        _sampled = time.GetUtcNow();
        _writer = new Thread(Run) { IsBackground = true, Name = "history" };
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _writer.Start();
        Arm();
    }

    /// <summary>How long it keeps; the path is not changed.</summary>
    public RecordsConfig Config
    {
        set
        {
            _files.Config = value;
            Wake();
        }
    }

    /// <summary>Adds what a session has done by its end.</summary>
    public void Add(TrafficKey key, TrafficDelta delta) => _ledger.Add(TrafficTime.StartOf(_time.GetUtcNow()), key, delta);

    /// <summary>Answers, with all that has happened until now unless the disk does not take it.</summary>
    /// <exception cref="ProxyException">The file cannot be read, or the answer is too long.</exception>
    public async Task<IReadOnlyList<TrafficRow>> FindAsync(TrafficQuery query, CancellationToken cancellationToken)
    {
        Sample();
        Task written;
        lock (_waiting) written = _written.Task;
        Wake();
        try
        {
            await written.WaitAsync(FlushPatience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The writer stands still; what was written before is there.
        }
        return await Task.Run(() => _files.Read(query, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what waits, and closes the file; a disk that does not answer is left after a moment.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Sample();
        _closing = true;
        Wake();
        _writer.Join(Goodbye);
    }

    private void Tick()
    {
        if (_closing) return;
        Sample();
        Wake();
        Arm();
    }

    private void Arm()
    {
        TimeSpan over = new(_time.GetUtcNow().UtcTicks % Period.Ticks);
        _timer.Change(Period - over, Timeout.InfiniteTimeSpan);
    }

    // What has moved since the last sample belongs to the interval of that: there is one at each boundary. Only after a clock that was set, or a machine
    // that slept, is it not known when it moved.
    private void Sample()
    {
        lock (_sampling)
        {
            DateTimeOffset now = _time.GetUtcNow();
            DateTimeOffset since = now >= _sampled && now - _sampled <= TrafficTime.Interval ? _sampled : now;
            _sampled = now;
            _sample(new Interval(_ledger, TrafficTime.StartOf(since)));
        }
    }

    private void Run()
    {
        while (true)
        {
            WaitUntilDue();
            bool last = _closing;
            // Those who wait from here on need another round: what they wait for may have come too late for this one.
            TaskCompletionSource written;
            lock (_waiting) (written, _written) = (_written, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Write();
            written.TrySetResult();
            if (!last) continue;
            _files.Close();
            return;
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            _isDue = true;
            Monitor.Pulse(_gate);
        }
    }

    private void WaitUntilDue()
    {
        lock (_gate)
        {
            while (!_isDue) Monitor.Wait(_gate);
            _isDue = false;
        }
    }

    private void Write()
    {
        IReadOnlyDictionary<(long Start, TrafficKey Key), TrafficSum> rows = _ledger.Take();
        try
        {
            if (!_files.TryWrite(rows)) _ledger.PutBack(rows);
        }
        catch (Exception exception)
        {
            _ledger.PutBack(rows);
            _reports.Unexpected(exception);
        }
    }

    private sealed class Discard : ITrafficSink
    {
        public void Add(TrafficKey key, TrafficDelta delta)
        {
        }
    }

    private sealed class Interval(TrafficLedger ledger, long start) : ITrafficSink
    {
        public void Add(TrafficKey key, TrafficDelta delta) => ledger.Add(start, key, delta);
    }
}
