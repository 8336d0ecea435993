using System.Net;
using MultiExit.Soak.Clients;
using MultiExit.Soak.Faults;
using MultiExit.Soak.Loads;
using MultiExit.Soak.Servers;
using MultiExit.Soak.Targets;
using MultiExit.Soak.Watch;

namespace MultiExit.Soak;

/// <summary>The soak from its beginning to its end: a while of load and faults to warm up, rest, load and faults, rest, compare.</summary>
internal sealed class Course : IDisposable
{
    // Time for each fault once: what is compiled, pooled and remembered for it is then there.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan Comparison = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly Options _options;
    private readonly Ledger _ledger;
    private readonly TargetSet _targets;
    private readonly Fleet _fleet;
    private readonly Site _site;
    private readonly Turns _turns;
    private readonly Record[] _records;
    private DateTime _half = DateTime.MaxValue;

    public Course(Options options, string folder, Ledger ledger)
    {
        (_options, _ledger) = (options, ledger);
        _targets = new TargetSet(ledger);
        _fleet = new Fleet(folder, _targets.Pattern.EndPoint);
        _site = new Site(new Stage(ledger, _targets, new Dialer(_fleet.NearText.Entrances), Crowd.Ways(_fleet.NearText.Routes)), _fleet);
        _turns = new Turns(_site, ledger, options.Seed);
        _records = [.. _fleet.All.Select(server => new Record(server))];
    }

    public async Task RunAsync(CancellationToken stop)
    {
        foreach (string reason in LeftOut.All.Concat(_turns.LeftOut)) Console.WriteLine("left out: " + reason);
        await _fleet.StartAsync();
        await LoadAsync(WarmUp, _options.Seed - 1, withFaults: true, stop);
        stop.ThrowIfCancellationRequested();
        await RestAsync(isFirst: true);
        _half = DateTime.UtcNow + (TimeSpan.FromMinutes(_options.Minutes) / 2);
        await LoadAsync(TimeSpan.FromMinutes(_options.Minutes), _options.Seed, withFaults: true, stop);
        stop.ThrowIfCancellationRequested();
        await RestAsync(isFirst: false);
        foreach (Record record in _records)
        {
            foreach (string fault in Flatness.Faults(record, isSameProcess: record.Server != _fleet.Frail))
                _ledger.Fail(record.Server.Name + " at rest", fault);
        }
        foreach ((IPEndPoint peer, DateTime since) in _targets.Live)
            _ledger.Fail("targets at rest", $"the connection of {peer} since {since:HH:mm:ss.fff} is left, its other end with {Owners.Of(peer, _fleet.All)}");
        foreach (Server server in _fleet.All) await StopAsync(server);
    }

    public void Print() => Report.Print(_ledger, _records);

    public void Dispose()
    {
        // The small disk goes, and its files with it.
        if (_ledger.Failures.Count > 0) _fleet.Disk.Keep();
        _fleet.Dispose();
        _targets.Dispose();
    }

    private async Task LoadAsync(TimeSpan time, int seed, bool withFaults, CancellationToken stop)
    {
        Console.WriteLine($"{(withFaults ? "load with faults" : "load")} for {time.TotalSeconds:0} s");
        using CancellationTokenSource until = CancellationTokenSource.CreateLinkedTokenSource(stop);
        until.CancelAfter(time);
        Task sampling = SampleAsync(until.Token);
        Task faults = withFaults ? _turns.RunAsync(until.Token) : Task.CompletedTask;
        await Crowd.RunAsync(_site.Stage, seed, until.Token);
        await faults;
        await sampling;
    }

    private async Task SampleAsync(CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            foreach (Record record in _records)
            {
                try
                {
                    record.Add(await Gauge.ReadAsync(record.Server), isEarly: DateTime.UtcNow < _half);
                }
                catch (Exception exception)
                    when (exception is HttpRequestException or IOException or InvalidOperationException or TaskCanceledException)
                {
                    // It is being killed, or frozen.
                    if (record.Server != _fleet.Frail) _ledger.Fail("sample of " + record.Server.Name, exception.Message);
                }
            }
            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    private async Task RestAsync(bool isFirst)
    {
        // The same configuration, reloaded, and the same sessions on it: exits then have their carriers as they had them.
        await TryAsync("the configuration before the rest", _turns.HealAsync);
        await LoadAsync(Comparison, 0, withFaults: false, CancellationToken.None);
        Console.WriteLine("rest");
        IReadOnlyList<(Sample Sample, WakeUps WakeUps)> found = await Rest.ReachAsync(_records, _targets);
        for (int at = 0; at < _records.Length; at++) _records[at].Set(isFirst, found[at].Sample, found[at].WakeUps);
    }

    private async Task StopAsync(Server server)
    {
        int? code = await server.StopAsync();
        if (code != 0) _ledger.Fail(server.Name, code is null ? "it does not stop" : $"it stopped with {code}");
        string[] faults = [.. File.ReadLines(server.OutputFile).Where(line => line.Contains("MX9000", StringComparison.Ordinal)
            || line.Contains("Unhandled exception", StringComparison.Ordinal))];
        if (faults.Length > 0) _ledger.Fail(server.Name, $"{faults.Length} faults of the program, the first: {faults[0]}");
    }

    private async Task TryAsync(string what, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception)
        {
            _ledger.Fail(what, $"{exception.GetType().Name}: {exception.Message}");
        }
    }
}
